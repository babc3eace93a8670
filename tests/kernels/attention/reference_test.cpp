// The references of the forward pass: known answers, a second computation, rows without keys.
#include "kernels/attention/reference.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/kernels/attention/problems.h"

namespace assay::attention {
namespace {

using test::coarse_inputs;
using test::problem;

constexpr Roundoff kF32{};

TEST_SUITE("unit") {
  TEST_CASE("equal keys give the mean of their values and the logarithm of their number") {
    const Problem p = problem("b1_hq1_hkv1_sq1_sk5_d8_full");
    DenseInputs inputs = coarse_inputs(p, 1);
    std::fill(inputs.k.begin(), inputs.k.end(), 0.0F);
    const auto row = reference_row({p, inputs}, 0, Dtype::f32, kF32);
    CHECK(row.log_sum_exp == doctest::Approx(std::log(5.0)).epsilon(1e-12));
    double mean = 0;
    for (std::size_t key = 0; key < 5; ++key) mean += inputs.v[key * 8 + 3] / 5.0;
    CHECK(row.output[3] == doctest::Approx(mean).epsilon(1e-12));
  }

  TEST_CASE("a query that attends to nothing has zeros and minus infinity and no bound") {
    const Problem p = problem("b1_hq1_hkv1_sq3_sk1_d8_causal");
    const DenseInputs inputs = coarse_inputs(p, 1);
    const auto row = reference_row({p, inputs}, 1, Dtype::bf16, kF32);
    CHECK(row.visible == 0);
    CHECK(row.log_sum_exp == -std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < 8; ++i) {
      CHECK(row.output[i] == 0);
      CHECK(output_floor(row, i, kF32) == 0);
    }
  }

  TEST_CASE("a row is that of its batch and query and of its head's key head") {
    const Problem p = problem("b2_hq4_hkv2_sq3_sk7_d16_dv8_causal");
    const DenseInputs inputs = coarse_inputs(p, 2);
    // Batch 1, query 2, head 3: key head 1, keys 0 to 6, written out with plain indices.
    std::vector<double> weights;
    double sum = 0;
    for (std::size_t key = 0; key < 7; ++key) {
      double score = 0;
      for (std::size_t i = 0; i < 16; ++i) {
        score += static_cast<double>(inputs.q[((1 * 3 + 2) * 4 + 3) * 16 + i]) *
                 inputs.k[((1 * 7 + key) * 2 + 1) * 16 + i];
      }
      weights.push_back(std::exp(score / 4));
      sum += weights.back();
    }
    const auto row = reference_row({p, inputs}, (1 * 3 + 2) * 4 + 3, Dtype::f32, kF32);
    CHECK(row.visible == 7);
    CHECK(row.log_sum_exp == doctest::Approx(std::log(sum)).epsilon(1e-12));
    for (std::size_t i = 0; i < 8; ++i) {
      double expected = 0;
      for (std::size_t key = 0; key < 7; ++key) {
        expected += weights[key] / sum * inputs.v[((1 * 7 + key) * 2 + 1) * 8 + i];
      }
      CHECK(row.output[i] == doctest::Approx(expected).epsilon(1e-12));
    }
  }

  TEST_CASE("the naive implementation errs by about what its type rounds") {
    const Problem p = problem("b1_hq1_hkv1_sq1_sk256_d64_full");
    const DenseInputs inputs = coarse_inputs(p, 3);
    const double f32 = reference_row({p, inputs}, 0, Dtype::f32, kF32).naive_error;
    const double f16 = reference_row({p, inputs}, 0, Dtype::f16, kF32).naive_error;
    const double bf16 = reference_row({p, inputs}, 0, Dtype::bf16, kF32).naive_error;
    CHECK(f32 > 0);
    CHECK(f32 < 1e-6);
    CHECK(f16 > 100 * f32);
    CHECK(bf16 > 3 * f16);
    CHECK(bf16 < 0x1p-8);
  }
}

}  // namespace
}  // namespace assay::attention
