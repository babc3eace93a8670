// Row by row: what one query adds to each gradient.
#include "kernels/attention/gradients.h"

#include "harness/core/dtype.h"
#include "harness/measure/sign_of_life.h"
#include "kernels/attention/attend_row.h"
#include "kernels/inputs.h"

namespace assay::attention {
namespace {

/// The row of a gradient that belongs to a row of the array which it is the gradient of.
template <class Real>
Real* beside(std::vector<Real>& gradient, const std::vector<float>& array,
             std::span<const float> row) {
  return gradient.data() + (row.data() - array.data());
}

template <class Real, class Round>
Gradients<Real> gradients_of(const InputView& inputs, std::span<const float> output_gradient,
                             Round round) {
  const Problem& problem = inputs.problem();
  const DenseInputs& arrays = inputs.arrays();
  const auto scale = static_cast<Real>(problem.scale());
  const auto value_width = static_cast<std::size_t>(problem.value_width);
  Gradients<Real> out{std::vector<Real>(arrays.q.size()), std::vector<Real>(arrays.k.size()),
                      std::vector<Real>(arrays.v.size())};
  for (std::int64_t number = 0; number < problem.output_rows(); ++number) {
    sign_of_life();
    const Row row = row_at(problem, number);
    const auto attended = attend_row<Real>(inputs, row, round);
    const auto gradient =
        output_gradient.subspan(static_cast<std::size_t>(number) * value_width, value_width);
    std::vector<Real> dp;
    Real sum = 0;
    for (int key = attended.keys.first; key < attended.keys.last; ++key) {
      dp.push_back(round(dot<Real>(gradient, inputs.value(row, key))));
      sum += attended.probabilities[dp.size() - 1] * dp.back();
    }
    const auto q = inputs.query(row);
    Real* dq = beside(out.q, arrays.q, q);
    for (std::size_t at = 0; at < dp.size(); ++at) {
      const int key = attended.keys.first + static_cast<int>(at);
      const Real p = attended.probabilities[at];
      const Real ds = scale * round(p * (dp[at] - sum));
      const auto k = inputs.key(row, key);
      Real* dk = beside(out.k, arrays.k, k);
      for (std::size_t i = 0; i < k.size(); ++i) {
        dq[i] += ds * k[i];
        dk[i] += ds * q[i];
      }
      Real* dv = beside(out.v, arrays.v, inputs.value(row, key));
      for (std::size_t i = 0; i < value_width; ++i) dv[i] += p * gradient[i];
    }
  }
  for (auto* all : {&out.q, &out.k, &out.v}) {
    for (Real& element : *all) element = round(element);
  }
  return out;
}

}  // namespace

Gradients<double> reference_gradients(const InputView& inputs,
                                      std::span<const float> output_gradient) {
  return gradients_of<double>(inputs, output_gradient, [](double value) { return value; });
}

Gradients<float> naive_gradients(const InputView& inputs, std::span<const float> output_gradient,
                                 Dtype rounding) {
  return gradients_of<float>(inputs, output_gradient,
                             [rounding](float value) { return rounded_input(rounding, value); });
}

}  // namespace assay::attention
