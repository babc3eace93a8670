// The forward pass in fp64, and what a backward pass is given of it.
#include "tests/kernels/attention/exact_forward.h"

#include <utility>

#include "harness/measure/sign_of_life.h"
#include "kernels/attention/attend_row.h"
#include "kernels/inputs.h"

namespace assay::attention {

BackwardInputs with_exact_forward(const Problem& problem, DenseInputs dense,
                                  std::vector<float> output_gradient, Dtype rounding) {
  BackwardInputs inputs{std::move(dense), {}, std::move(output_gradient), {}};
  inputs.log_sum_exp.resize(static_cast<std::size_t>(problem.output_rows()));
  const InputView view(problem, inputs.dense);
  for (std::int64_t number = 0; number < problem.output_rows(); ++number) {
    sign_of_life();
    const Row row = row_at(problem, number);
    const auto attended = attend_row<double>(view, row, NoRounding{});
    for (const double value : attended.output) {
      inputs.output.push_back(rounded_input(rounding, static_cast<float>(value)));
    }
    inputs.log_sum_exp[static_cast<std::size_t>(problem.log_sum_exp_place(
        row.batch, row.head, row.query))] = static_cast<float>(attended.log_sum_exp);
  }
  return inputs;
}

}  // namespace assay::attention
