// What attention on fp8 stores, and the rounding of the naive implementation that it is held to.
#include "kernels/attention/fp8.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "kernels/attention/reference.h"
#include "tests/kernels/attention/problems.h"

namespace assay::attention {
namespace {

using test::coarse_inputs;
using test::problem;

constexpr Types kFp8{Dtype::fp8_e4m3, Dtype::bf16, kShortF32, true};

std::size_t index(std::int64_t row, int width, int column) {
  return element_count(row, width) + static_cast<std::size_t>(column);
}

TEST_SUITE("unit") {
  TEST_CASE("every head of every batch has a scale of its own in Q and K and V") {
    const Problem p = problem("b3_hq6_hkv2_sq5_sk16_d8_full");
    std::vector<float> all(static_cast<std::size_t>(head_scales(nullptr, p).count()));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<float>(i);
    const HeadScales scales = head_scales(all.data(), p);
    std::set<float> seen;
    for (int batch = 0; batch < 3; ++batch) {
      for (int head = 0; head < 6; ++head) seen.insert(scales.q(batch, head));
      for (int head = 0; head < 2; ++head) {
        seen.insert(scales.k(batch, head));
        seen.insert(scales.v(batch, head));
      }
    }
    CHECK(seen.size() == all.size());
    CHECK(scales.q(0, 0) == 0);
    CHECK(scales.v(2, 1) == static_cast<float>(all.size() - 1));
  }

  TEST_CASE("what is stored times its scale is the input and V lies by columns") {
    const Problem p = problem("b2_hq4_hkv2_sq5_sk16_d8_dv24_full");
    const DenseInputs inputs = coarse_inputs(p, 4);
    const std::vector<float> drawn = drawn_head_scales(p, 9);
    const HeadScales scales = head_scales(drawn.data(), p);
    CHECK(*std::min_element(drawn.begin(), drawn.end()) < 0.5F);
    CHECK(*std::max_element(drawn.begin(), drawn.end()) <= 1);
    const auto q = scaled_queries(p, inputs.q, drawn);
    const auto k = scaled_keys(p, inputs.k, drawn);
    const auto v = scaled_value_columns(p, inputs.v, drawn);
    for (int batch = 0; batch < 2; ++batch) {
      for (int head = 0; head < 4; ++head) {
        const auto at = index(p.output_row(batch, 3, head), p.width, 5);
        CHECK(q[at] * scales.q(batch, head) == inputs.q[at]);
      }
      for (int head = 0; head < 2; ++head) {
        const auto at = index(p.key_row(batch, 13, head), p.width, 7);
        CHECK(k[at] * scales.k(batch, head) == inputs.k[at]);
        const int column = (batch * 2 + head) * 24 + 17;
        CHECK(v[index(column, 16, 13)] * scales.v(batch, head) ==
              inputs.v[index(p.key_row(batch, 13, head), 24, 17)]);
      }
    }
  }

  TEST_CASE("the naive fp8 implementation errs by what e4m3 rounds in short and in long rows") {
    for (const char* shape : {"b1_hq1_hkv1_sq1_sk64_d64_full", "b1_hq1_hkv1_sq1_sk8192_d64_full"}) {
      const Problem p = problem(shape);
      const DenseInputs inputs = coarse_inputs(p, 3);
      const auto row = reference_row({p, inputs}, 0, NaiveTypes(kFp8), Precision(kFp8));
      const double bf16 = reference_row({p, inputs}, 0, Dtype::bf16, Precision(kFp8)).naive_error;
      const double largest = std::max(*std::max_element(row.output.begin(), row.output.end()),
                                      -*std::min_element(row.output.begin(), row.output.end()));
      CHECK(row.naive_error > 2 * bf16);
      CHECK(row.naive_error < largest / 8);  // not lost, as probabilities below 2^-10 would be
    }
  }

  TEST_CASE("products of fp8 are bounded by their short sums and all else by those of f32") {
    const Problem p = problem("b1_hq1_hkv1_sq1_sk512_d64_full");
    const DenseInputs inputs = coarse_inputs(p, 3);
    const Precision fp8(kFp8), bf16(Types{Dtype::bf16, Dtype::bf16, kCutF32});
    const auto narrow = reference_row({p, inputs}, 0, NaiveTypes(kFp8), fp8);
    const auto wide = reference_row({p, inputs}, 0, Dtype::bf16, bf16);
    CHECK(narrow.score_error > 20 * wide.score_error);
    const double of_sum = log_sum_exp_bound(narrow, fp8) - narrow.score_error;
    CHECK(of_sum == doctest::Approx(log_sum_exp_bound(wide, bf16) - wide.score_error));
    CHECK(output_floor(narrow, 0, fp8) > output_floor(wide, 0, bf16));
  }
}

}  // namespace
}  // namespace assay::attention
