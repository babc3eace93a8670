// The reference gradients against finite differences of the reference's forward pass.
#include "kernels/attention/gradients.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/kernels/attention/draws.h"
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

std::vector<float> output_gradient(const Problem& p) {
  std::vector<float> gradient(static_cast<std::size_t>(p.output_rows() * p.value_width));
  fill_normal(gradient, {5, 3, 0});
  return gradient;
}

/// Differences of elements drawn from one input, whose gradient is `derivative`.
void check_differences(const Problem& p, DenseInputs& inputs, std::vector<float>& input,
                       const std::vector<double>& derivative, test::Draws& draw) {
  constexpr float kStep = 0x1p-10F;
  const auto gradient = output_gradient(p);
  REQUIRE(derivative.size() == input.size());
  for (int i = 0; i < 6; ++i) {
    const auto at = static_cast<std::size_t>(draw.between(0, static_cast<int>(input.size()) - 1));
    const float value = input[at];
    input[at] = value + kStep;
    const double above = loss(p, inputs, gradient);
    input[at] = value - kStep;
    const double below = loss(p, inputs, gradient);
    input[at] = value;
    const double difference = (above - below) / (2.0 * kStep);
    // The third derivative times step^2 / 6 is below this for inputs of this size.
    REQUIRE(std::abs(difference - derivative[at]) <= 2e-5);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("naive gradients in bf16 err by a few of its steps and those in f32 hardly") {
    const Problem p = test::problem("b1_hq2_hkv1_sq40_sk40_d64_causal");
    const DenseInputs inputs = test::coarse_inputs(p, 4);
    const auto gradient = output_gradient(p);
    const auto exact = reference_gradients({p, inputs}, gradient);
    const auto worst = [&](Dtype rounding) {
      const auto naive = naive_gradients({p, inputs}, gradient, rounding);
      double error = 0;
      for (std::size_t i = 0; i < exact.k.size(); ++i) {
        error = std::max(error, std::abs(naive.k[i] - exact.k[i]));
      }
      return error;
    };
    CHECK(worst(Dtype::f32) < 1e-5);
    CHECK(worst(Dtype::bf16) > 1e-3);
    CHECK(worst(Dtype::bf16) < 0.1);
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
        const auto exact = reference_gradients({p, inputs}, output_gradient(p));
        check_differences(p, inputs, inputs.q, exact.q, draw);
        check_differences(p, inputs, inputs.k, exact.k, draw);
        check_differences(p, inputs, inputs.v, exact.v, draw);
      }
    }
  }
}

}  // namespace
}  // namespace assay::attention
