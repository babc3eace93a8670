// The host's implementations of attention and the vector loops they are made of.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "harness/core/shape.h"
#include "harness/measure/sanitized.h"
#include "kernels/attention/attention_case.h"
#include "kernels/attention/combine.h"
#include "kernels/attention/vector_kernels.h"
#include "kernels/catalogue.h"
#include "tests/kernels/attention/draws.h"
#include "tests/kernels/small_host.h"
#include "tests/kernels/soak_count.h"
#include "tests/not_run.h"

namespace assay::attention {
namespace {

using test::Draws;

/// Of a workload: decode adds pages, and a forward pass may have sequences of different lengths.
Shape drawn_shape(Draws& draw, const std::string& workload) {
  const bool is_decode = workload == "attention_decode";
  constexpr int kSmaller = kSanitized ? 4 : 1;  // a sanitizer makes arithmetic ten times as slow
  Shape shape;
  const int group = draw.between(1, 9 / kSmaller);
  const int key_heads = draw.between(1, 3);
  const bool varlen = workload == "attention_forward" && draw.between(0, 2) == 0;
  shape.add("b", draw.between(1, varlen ? 10 : 3));
  shape.add("hq", group * key_heads);
  shape.add("hkv", key_heads);
  const int keys = draw.between(1, (is_decode ? 700 : 1100) / kSmaller);
  shape.add("sq",
            is_decode ? draw.between(1, std::min(keys, 16)) : draw.between(1, 300 / kSmaller));
  shape.add("sk", keys);
  const int width = 8 * draw.between(1, 12);
  const bool latent = is_decode && draw.between(0, 2) == 0;
  shape.add("d", width);
  shape.add("dv", 8 * draw.between(1, latent ? width / 8 : 12));
  const int mask = draw.between(0, is_decode ? 1 : 2);
  if (mask == 2) {
    shape.add("w", draw.between(1, 400));
  } else {
    shape.add(mask == 1 ? "causal" : "full", std::nullopt);
  }
  if (is_decode) shape.add("page", draw.between(0, 1) == 0 ? 16 : draw.between(1, 200));
  if (latent) shape.add("latent", std::nullopt);
  if (varlen) shape.add("varlen", std::nullopt);
  return shape;
}

TEST_SUITE("unit") {
  TEST_CASE("the host stores the type that a dtype names and no other in its place") {
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16, Dtype::f16}) {
      CHECK(host_types(std::string(name(dtype))) == Types{dtype, dtype});
    }
    CHECK_THROWS(host_types("f64"));
  }

  TEST_CASE("the vector loops agree with plain ones for every width of vectors") {
    Draws draw(0, 261);
    for (const int width : {8, 16, 24, 32, 48}) {
      const VectorKernels& kernels = vector_kernels(width, width);
      CHECK(width % kernels.lanes == 0);
      for (const int rows : {1, 2, 5, 8, 15}) {
        constexpr int kCount = 21, kStride = 30;
        const auto drawn = [&](int count) {
          std::vector<float> values(static_cast<std::size_t>(count));
          for (float& value : values) value = static_cast<float>(draw.between(-8, 8));
          return values;
        };
        const auto keys = drawn(kCount * width), q = drawn(rows * width);
        auto out = drawn(rows * width);
        const auto before = out;
        std::vector<const float*> pointers;
        for (int i = 0; i < kCount; ++i) pointers.push_back(keys.data() + i * width);
        std::vector<float> scores(static_cast<std::size_t>(rows * kStride));
        kernels.dots(pointers.data(), kCount, q.data(), rows, width, scores.data(), kStride);
        kernels.add(pointers.data(), kCount, scores.data(), kStride, rows, width, out.data());
        for (int r = 0; r < rows; ++r) {
          for (int c = 0; c < width; ++c) {
            float expected = before[static_cast<std::size_t>(r * width + c)];
            for (int i = 0; i < kCount; ++i) {
              float dot = 0;
              for (int k = 0; k < width; ++k) {
                dot += q[static_cast<std::size_t>(r * width + k)] *
                       keys[static_cast<std::size_t>(i * width + k)];
              }
              expected += dot * keys[static_cast<std::size_t>(i * width + c)];
            }
            REQUIRE(out[static_cast<std::size_t>(r * width + c)] == expected);
          }
        }
      }
    }
  }

  TEST_CASE("exponentials of a row are right to a few units in the last place") {
    for (const int width : {4 * 2, 4 * 4}) {
      const VectorKernels& kernels = vector_kernels(width, width);
      for (const int count : {1, 3, 7, 8, 16, 37, 1000}) {
        std::vector<float> scores;
        double sum = 0;
        for (int i = 0; i < count; ++i) scores.push_back(-0.031F * static_cast<float>(i * i % 977));
        const auto before = scores;
        SoftmaxState state;
        CHECK(kernels.softmax(scores.data(), count, 0.5F, state) == 0);
        CHECK(state.largest == 0);
        for (std::size_t i = 0; i < scores.size(); ++i) {
          const double expected = std::exp(0.5 * before[i]);
          sum += expected;
          REQUIRE(std::abs(scores[i] - expected) <= 0x1p-20 * expected);
        }
        CHECK(state.sum == doctest::Approx(sum).epsilon(1e-6));
        // A later block with a larger score scales down what there is.
        float larger[] = {2};
        CHECK(kernels.softmax(larger, 1, 0.5F, state) == doctest::Approx(std::exp(-1.0)));
        CHECK(state.sum == doctest::Approx(sum * std::exp(-1.0) + 1).epsilon(1e-6));
      }
    }
  }

  TEST_CASE("gradients of scores agree with plain ones for every width of vectors") {
    Draws draw(0, 263);
    for (const int width : {4 * 1, 8, 16}) {
      const VectorKernels& kernels = vector_kernels(width, width);
      for (const int count : {1, 3, 7, 8, 16, 37}) {
        std::vector<float> scores, dp;
        for (int i = 0; i < count + 1; ++i) {
          scores.push_back(static_cast<float>(draw.between(-300, 100)) / 8);
          dp.push_back(static_cast<float>(draw.between(-40, 40)) / 4);
        }
        const auto scores_before = scores, dp_before = dp;
        kernels.score_gradients(scores.data(), dp.data(), count, 0.5F, 7, 1.25F);
        for (std::size_t i = 0; i < scores.size() - 1; ++i) {
          const double p = std::exp(0.5 * scores_before[i] - 7);
          REQUIRE(std::abs(scores[i] - p) <= 0x1p-19 * p);
          const double ds = 0.5 * p * (dp_before[i] - 1.25);
          REQUIRE(std::abs(dp[i] - ds) <= 0x1p-19 * std::abs(ds));
        }
        CHECK(scores.back() == scores_before.back());
        CHECK(dp.back() == dp_before.back());
      }
    }
  }

  TEST_CASE("parts combine to the whole row and one without keys weighs nothing") {
    const float nothing = -std::numeric_limits<float>::infinity();
    CombinedRow row;
    for (const float part : {nothing, 2.0F, 3.0F, nothing, -100.0F}) row.add(part);
    CHECK(row.log_sum_exp() == doctest::Approx(std::log(std::exp(2.0) + std::exp(3.0))));
    CHECK(row.weight(2) == doctest::Approx(1 / (1 + std::exp(1.0))));
    CHECK(row.weight(2) + row.weight(3) == doctest::Approx(1));
    CHECK(row.weight(nothing) == 0);
    CombinedRow empty;
    empty.add(nothing);
    CHECK(empty.log_sum_exp() == nothing);
    CHECK(empty.weight(nothing) == 0);
  }

  TEST_CASE("a score far below the largest counts as nothing") {
    SoftmaxState state;
    float scores[] = {0, -1e30F, -3e38F, 1000};
    vector_kernels(8, 8).softmax(scores, 4, 1, state);
    CHECK(scores[3] == 1);
    CHECK(state.sum == 1);
    CHECK(scores[0] < 1e-30F);
  }
}

TEST_SUITE("property") {
  TEST_CASE("every host attention passes its verification on ragged shapes") {
    bool openblas = false;
    for (int round = 0; round < test::soak_count(8); ++round) {
      for (const auto& implementation : catalogue()) {
        if (!implementation->workload().starts_with("attention_") ||
            implementation->backend() != Backend::host) {
          continue;
        }
        Draws draw(round, 262);
        const Shape shape = drawn_shape(draw, implementation->workload());
        test::SmallHost host(1 + round % 3);
        if (const auto why = implementation->refuses(shape, host)) {
          REQUIRE_MESSAGE(implementation->name() == "openblas", shape.str(), ": ", *why);
          continue;
        }
        openblas = openblas || implementation->name() == "openblas";
        GroupContext context(host, {implementation->workload(), implementation->dtype(), "", shape},
                             9);
        const auto verification = implementation->prepare(context)->verify();
        REQUIRE_MESSAGE(verification.ok(), implementation->dtype(), " ", implementation->name(),
                        " ", shape.str(), ": ", verification.detail);
      }
    }
    if (!openblas) test::not_run("libopenblas.so.0 is missing");
  }
}

}  // namespace
}  // namespace assay::attention
