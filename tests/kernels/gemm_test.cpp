// GEMM verification catches what a kernel can get wrong, and every implementation passes it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "harness/core/small_float.h"
#include "kernels/catalogue.h"
#include "kernels/gemm/blocked_multiply.h"
#include "kernels/gemm/operands.h"
#include "kernels/gemm/reference.h"
#include "tests/kernels/small_host.h"
#include "tests/kernels/soak_count.h"
#include "tests/not_run.h"

namespace assay {
namespace {

using test::SmallHost;

void plain_multiply(GemmShape s, const GemmPointers& p, std::int64_t depth) {
  const auto* a = static_cast<const float*>(p.a);
  const auto* b = static_cast<const float*>(p.b);
  auto* c = static_cast<float*>(p.c);
  for (std::int64_t i = 0; i < s.m; ++i) {
    for (std::int64_t j = 0; j < s.n; ++j) {
      float sum = 0;
      for (std::int64_t k = 0; k < depth; ++k) sum += a[i * s.k + k] * b[k * s.n + j];
      c[i * s.n + j] = sum;
    }
  }
}

using Fault = std::function<void(GemmShape, const GemmPointers&)>;

/// Verifies a right multiplication with `fault` done to its answer.
Verification verify_with(const Fault& fault, GemmShape shape = {37, 53, 64}) {
  SmallHost host;
  GemmOperands operands(host, shape, {}, 11);
  return operands.verify([&](const GemmPointers& p) {
    plain_multiply(shape, p, shape.k);
    fault(shape, p);
  });
}

float* answer(const GemmPointers& p) { return static_cast<float*>(p.c); }

TEST_SUITE("unit") {
  TEST_CASE("a right answer is verified within its bound and has a checksum") {
    const auto verification = verify_with([](GemmShape, const GemmPointers&) {});
    CHECK(verification.status == Verification::Status::within_tolerance);
    CHECK(*verification.error <= *verification.tolerance);
    CHECK(verification.checksum->size() == 32);
  }

  TEST_CASE("one wrong element anywhere is caught and named") {
    for (const std::int64_t at : {0, 53 * 18 + 29, 37 * 53 - 1}) {
      const auto verification =
          verify_with([at](GemmShape, const GemmPointers& p) { answer(p)[at] += 1; });
      CHECK_FALSE(verification.ok());
      const std::string where = fmt::format("({}, {})", at / 53, at % 53);
      CHECK_MESSAGE(verification.detail.find(where) != std::string::npos, verification.detail);
    }
  }

  TEST_CASE("a NaN is caught") {
    CHECK_FALSE(
        verify_with([](GemmShape, const GemmPointers& p) { answer(p)[700] = std::nanf(""); }).ok());
  }

  TEST_CASE("a NaN in a row that is not compared with the reference is caught") {
    SmallHost host;
    const GemmShape shape{200, 1000, 1000};
    const auto compared = sampled_rows(shape, 11);
    REQUIRE(compared.size() < 200);
    std::int64_t row = 0;
    while (std::binary_search(compared.begin(), compared.end(), row)) ++row;
    GemmOperands operands(host, shape, {}, 11);
    ThreadPool threads(2);
    BlockedMultiply product(shape, threads);
    const auto verification = operands.verify([&](const GemmPointers& p) {
      const auto* a = static_cast<const float*>(p.a);
      product(a, static_cast<const float*>(p.b), answer(p));
      if (a[0] != std::trunc(a[0])) answer(p)[row * shape.n + 7] = std::nanf("");
    });
    CHECK_FALSE(verification.ok());
    CHECK(verification.detail.find(fmt::format("({}, 7) is nan", row)) != std::string::npos);
  }

  TEST_CASE("an element that is never written is caught and called so") {
    SmallHost host;
    const GemmShape shape{16, 24, 8};
    GemmOperands operands(host, shape, {}, 5);
    const auto verification = operands.verify([&](const GemmPointers& p) {
      const float last = answer(p)[16 * 24 - 1];
      plain_multiply(shape, p, shape.k);
      std::memcpy(&answer(p)[16 * 24 - 1], &last, sizeof last);
    });
    CHECK_FALSE(verification.ok());
    CHECK(verification.detail.find("(15, 23) was never written") != std::string::npos);
  }

  TEST_CASE("a transposed answer is caught") {
    CHECK_FALSE(verify_with(
                    [](GemmShape s, const GemmPointers& p) {
                      for (std::int64_t i = 0; i < s.m; ++i) {
                        for (std::int64_t j = 0; j < i; ++j) {
                          std::swap(answer(p)[i * s.n + j], answer(p)[j * s.n + i]);
                        }
                      }
                    },
                    {48, 48, 32})
                    .ok());
  }

  TEST_CASE("a write before or past the output is caught") {
    for (const std::int64_t at : {-1, 37 * 53}) {
      const auto verification =
          verify_with([at](GemmShape, const GemmPointers& p) { answer(p)[at] = 1; });
      CHECK_FALSE(verification.ok());
      CHECK(verification.detail.find(at < 0 ? "before" : "past") != std::string::npos);
    }
  }

  TEST_CASE("an error that only data with fractions shows is caught by the bound") {
    // Accumulating in bf16 is exact for small integers, so exact mode cannot see it.
    SmallHost host;
    const GemmShape shape{8, 16, 64};
    GemmOperands operands(host, shape, {Dtype::bf16, Dtype::f32, Dtype::bf16}, 5);
    CHECK_FALSE(operands
                    .verify([&](const GemmPointers& p) {
                      const auto* a = static_cast<const float*>(p.a);
                      const auto* b = static_cast<const float*>(p.b);
                      auto* c = static_cast<std::uint16_t*>(p.c);
                      for (std::int64_t i = 0; i < shape.m; ++i) {
                        for (std::int64_t j = 0; j < shape.n; ++j) {
                          float sum = 0;
                          for (std::int64_t k = 0; k < shape.k; ++k) {
                            sum = from_bf16(to_bf16(sum + a[i * shape.k + k] * b[k * shape.n + j]));
                          }
                          c[i * shape.n + j] = to_bf16(sum);
                        }
                      }
                    })
                    .ok());
  }

  TEST_CASE("a fault that only integers show is caught by exact mode") {
    const auto verification = verify_with([](GemmShape, const GemmPointers& p) {
      const float first = *static_cast<const float*>(p.a);
      if (first == std::trunc(first)) answer(p)[1234] += 1;
    });
    CHECK_FALSE(verification.ok());
    CHECK(verification.detail.find("integer inputs") != std::string::npos);
  }

  TEST_CASE("exact mode sees one changed element and two that change places and a fraction") {
    const GemmShape shape{4, 6, 16};
    const auto a = exact_a(shape, 3, 1 << 24), b = exact_b(shape, 3);
    std::vector<float> c;
    for (std::int64_t row = 0; row < shape.m; ++row) {
      for (const double value : reference_row(shape, a, b, row).value) {
        c.push_back(static_cast<float>(value));
      }
    }
    const auto difference = [&](const std::vector<float>& changed) {
      return first_exact_difference(shape, a, b, changed, 3);
    };
    REQUIRE_FALSE(difference(c));
    for (std::size_t i = 0; i < c.size(); ++i) {
      for (const float by : {1.0F, -2.0F, 256.0F, 0.5F, std::nanf("")}) {
        auto changed = c;
        changed[i] += by;
        const auto line = difference(changed);
        REQUIRE(line);
        CHECK_MESSAGE(line->find(fmt::format("({}, {})", i / 6, i % 6)) != std::string::npos,
                      *line);
      }
      auto swapped = c;  // within the row, and within the column
      std::swap(swapped[i], swapped[i / 6 * 6 + (i + 1) % 6]);
      CHECK(difference(swapped).has_value() == (swapped != c));
      swapped = c;
      std::swap(swapped[i], swapped[(i + 6) % 24]);
      CHECK(difference(swapped).has_value() == (swapped != c));
    }
  }

  TEST_CASE("integer operands keep every sum exact in a bf16 output") {
    const GemmShape shape{5, 7, 3000};
    const auto a = exact_a(shape, 1, 256), b = exact_b(shape, 1);
    for (std::int64_t row = 0; row < shape.m; ++row) {
      for (const double magnitude : reference_row(shape, a, b, row).magnitude) {
        CHECK(magnitude <= 256);
        CHECK(magnitude > 0);
      }
    }
  }

  TEST_CASE("sampled rows hold the first and the last and repeat with the seed") {
    const GemmShape shape{1000, 100, 100};
    const auto rows = sampled_rows(shape, 3, 100 * 100 * 20);
    CHECK(rows.size() == 20);
    CHECK(rows.front() == 0);
    CHECK(rows.back() == 999);
    CHECK(rows == sampled_rows(shape, 3, 100 * 100 * 20));
    CHECK(rows != sampled_rows(shape, 4, 100 * 100 * 20));
    CHECK(sampled_rows(shape, 3).size() == 1000);
  }
}

TEST_SUITE("property") {
  TEST_CASE("every host GEMM passes its verification on ragged shapes") {
    SmallHost host;
    const int rounds = test::soak_count(6);
    bool openblas = false;
    for (int round = 0; round < rounds; ++round) {
      const auto draw = [&](std::uint64_t index, std::uint64_t most) {
        return static_cast<std::int64_t>(
            1 + random_bits({static_cast<std::uint64_t>(round), 77, 0}, index) % most);
      };
      const Shape shape{{"m", draw(0, 300)}, {"n", draw(1, 300)}, {"k", draw(2, 600)}};
      for (const auto& implementation : catalogue()) {
        if (implementation->workload() != "gemm" || implementation->backend() != Backend::host) {
          continue;
        }
        if (const auto why = implementation->refuses(shape, host)) {
          REQUIRE_MESSAGE(implementation->name() == "openblas", *why);
          continue;
        }
        openblas = openblas || implementation->name() == "openblas";
        GroupContext context(host, {"gemm", implementation->dtype(), "", shape}, 9);
        const auto verification = implementation->prepare(context)->verify();
        REQUIRE_MESSAGE(verification.ok(), implementation->name(), " ", shape.str(), ": ",
                        verification.detail);
      }
    }
    if (!openblas) test::not_run("libopenblas.so.0 is missing");
  }

  TEST_CASE("the blocked GEMM is right across block edges for any number of threads") {
    // kNc 4096 columns, kKc 256 deep, kMc 168 rows: one past each.
    for (const GemmShape shape : {GemmShape{1, 4099, 300}, GemmShape{170, 17, 257},
                                  GemmShape{3, 40, 513}, GemmShape{200, 1, 1}}) {
      for (const int threads : {1, 2, 5}) {
        SmallHost host(threads);
        GemmOperands operands(host, shape, {}, 21);
        ThreadPool pool(threads);
        BlockedMultiply product(shape, pool);
        const auto verification = operands.verify([&](const GemmPointers& p) {
          product(static_cast<const float*>(p.a), static_cast<const float*>(p.b), answer(p));
        });
        REQUIRE_MESSAGE(verification.ok(), verification.detail);
      }
    }
  }
}

}  // namespace
}  // namespace assay
