// Problems and their inputs for tests of attention, from the words of a shape.
#pragma once

#include <cmath>

#include "harness/core/shape.h"
#include "kernels/attention/reference.h"
#include "kernels/inputs.h"

namespace assay::test {

inline attention::Problem problem(const char* shape,
                                  attention::Workload workload = attention::Workload::forward) {
  return attention::problem_of(workload, Shape::parse(shape)).problem.value();
}

/// Normal deviates in steps of 2^-6, so that small steps away from them are exact.
inline attention::DenseInputs coarse_inputs(const attention::Problem& p, std::uint64_t seed) {
  const auto fill = [&](std::uint32_t operand, std::int64_t rows, int width) {
    std::vector<float> values(static_cast<std::size_t>(rows * width));
    fill_normal(values, {seed, operand, 0});
    for (float& value : values) value = std::round(value * 64) / 64;
    return values;
  };
  return {fill(0, p.output_rows(), p.width), fill(1, p.key_rows(), p.width),
          fill(2, p.key_rows(), p.value_width)};
}

}  // namespace assay::test
