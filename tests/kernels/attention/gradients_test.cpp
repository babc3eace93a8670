// The reference gradients against finite differences of the reference's forward pass.
#include "kernels/attention/gradients.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/kernels/attention/draws.h"
#include "tests/kernels/attention/exact_forward.h"
#include "tests/kernels/attention/problems.h"
#include "tests/kernels/soak_count.h"

namespace assay::attention {
namespace {

/// sum(O * gradient), which the gradients are of.
double loss(const Problem& p, const DenseInputs& inputs, const std::vector<float>& gradient) {
  double sum = 0;
  for (std::int64_t number = 0; number < p.output_rows(); ++number) {
    const auto row = reference_row({p, inputs}, number, Dtype::f32, {});
    for (std::size_t i = 0; i < row.output.size(); ++i) {
      sum += row.output[i] * gradient[static_cast<std::size_t>(number) * row.output.size() + i];
    }
  }
  return sum;
}

BackwardInputs backward_inputs(const Problem& p, const DenseInputs& dense, Dtype rounding) {
  std::vector<float> gradient(element_count(p.output_rows(), p.value_width));
  fill_normal(gradient, {5, 3, 0});
  return with_exact_forward(p, dense, std::move(gradient), rounding);
}

/// Differences of elements drawn from one input, whose gradient's row i is `row_of(i)`.
template <class RowOf>
void check_differences(const Problem& p, DenseInputs& inputs, std::vector<float>& input, int width,
                       const std::vector<float>& gradient, test::Draws& draw, RowOf row_of) {
  constexpr float kStep = 0x1p-10F;
  for (int i = 0; i < 6; ++i) {
    const int at = draw.between(0, static_cast<int>(input.size()) - 1);
    float& element = input[static_cast<std::size_t>(at)];
    const double derivative = row_of(at / width).value[static_cast<std::size_t>(at % width)];
    const float value = element;
    element = value + kStep;
    const double above = loss(p, inputs, gradient);
    element = value - kStep;
    const double below = loss(p, inputs, gradient);
    element = value;
    const double difference = (above - below) / (2.0 * kStep);
    // The third derivative times step^2 / 6 is below this for inputs of this size.
    REQUIRE(std::abs(difference - derivative) <= 2e-5);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("naive gradients in bf16 err by a few of its steps and those in f32 hardly") {
    const Problem p = test::problem("b1_hq2_hkv1_sq40_sk40_d64_causal");
    const auto worst = [&](Dtype rounding) {
      const BackwardInputs inputs = backward_inputs(p, test::coarse_inputs(p, 4), rounding);
      double error = 0;
      for (std::int64_t row = 0; row < p.key_rows(); ++row) {
        const auto rows = key_gradient_rows(p, inputs, row, rounding, {});
        error = std::max({error, rows.k.naive_error, rows.v.naive_error});
      }
      return error;
    };
    CHECK(worst(Dtype::f32) < 1e-5);
    CHECK(worst(Dtype::bf16) > 1e-3);
    CHECK(worst(Dtype::bf16) < 0.1);
  }

  TEST_CASE("a query that attends to nothing has no gradient and adds to none") {
    const Problem p = test::problem("b1_hq1_hkv1_sq9_sk4_d8_causal");
    const BackwardInputs inputs = backward_inputs(p, test::coarse_inputs(p, 4), Dtype::f32);
    const auto row = query_gradient_row(p, inputs, 0, Dtype::f32, {});
    for (std::size_t i = 0; i < row.value.size(); ++i) {
      CHECK(row.value[i] == 0);
      CHECK(gradient_bound(row, i, {}) == 0);
    }
    for (const double value : key_gradient_rows(p, inputs, 0, Dtype::f32, {}).k.value) {
      CHECK(std::isfinite(value));
    }
  }
}

TEST_SUITE("property") {
  TEST_CASE("gradients agree with finite differences for every mask and grouped heads") {
    const char* shapes[] = {"b1_hq2_hkv2_sq6_sk6_d8_full",    "b2_hq2_hkv1_sq5_sk5_d8_causal",
                            "b1_hq4_hkv2_sq4_sk9_d16_causal", "b1_hq2_hkv1_sq9_sk4_d8_causal",
                            "b1_hq2_hkv2_sq8_sk8_d8_dv16_w3", "b1_hq3_hkv1_sq4_sk10_d8_w4"};
    int round = 0;
    for (const char* shape : shapes) {
      const Problem p = test::problem(shape);
      for (int i = 0; i < test::soak_count(3); ++i) {
        test::Draws draw(round++, 251);
        DenseInputs inputs = test::coarse_inputs(p, static_cast<std::uint64_t>(round));
        const BackwardInputs given = backward_inputs(p, inputs, Dtype::f32);
        const auto& gradient = given.output_gradient;
        const auto key_rows = [&](std::int64_t row) {
          return key_gradient_rows(p, given, row, Dtype::f32, {});
        };
        check_differences(p, inputs, inputs.q, p.width, gradient, draw, [&](std::int64_t row) {
          return query_gradient_row(p, given, row, Dtype::f32, {});
        });
        check_differences(p, inputs, inputs.k, p.width, gradient, draw,
                          [&](std::int64_t row) { return key_rows(row).k; });
        check_differences(p, inputs, inputs.v, p.value_width, gradient, draw,
                          [&](std::int64_t row) { return key_rows(row).v; });
      }
    }
  }
}

}  // namespace
}  // namespace assay::attention
