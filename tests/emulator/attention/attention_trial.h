// A trial of the Hopper forward pass, launched as a case of the catalogue is.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "kernels/attention/sm90/launch.cuh"
#include "kernels/attention/varlen.h"
#include "kernels/emulator/emulator.h"
#include "tests/emulator/attention/attention_case.h"

namespace assay::emulator {

template <class Element>
inline constexpr Dtype kDtypeOf = Dtype::bf16;
template <>
inline constexpr Dtype kDtypeOf<device::F16> = Dtype::f16;
template <>
inline constexpr Dtype kDtypeOf<device::E4m3> = Dtype::fp8_e4m3;

struct ForwardTrial {
  std::string shape;
  AttentionData data = AttentionData::counting;
  int blocks = 2;  ///< The multiprocessors of the device.
  /// What the kernel is told instead of the shape's own mask, to plant a fault.
  std::optional<attention::Mask> planted = {};
  int planted_begin = 0;   ///< Added to the first key of the second packed sequence.
  int planted_scales = 0;  ///< How far the scales of heads are shifted.
};

/// `plan` as a kernel of the catalogue has it.
template <class Element>
void run_forward_trial(Emulator& emulator, const ForwardTrial& trial,
                       decltype(attention::Kernel::plan) plan) {
  const AttentionCase& one = attention_case(trial.shape, kDtypeOf<Element>, trial.data);
  const auto given = [&]<typename T>(const char* name, const std::vector<T>& values) {
    const auto array = emulator.input<T>(name, values.size());
    std::copy(values.begin(), values.end(), array.begin());
    return array.data();
  };
  attention::Problem problem = one.problem;
  const auto rows = problem.output_rows();
  const auto output = emulator.output<std::byte>(
      "o", attention::element_count(rows, problem.value_width) * size_of(one.types.output));
  const auto sums = emulator.output<float>("log-sum-exp", static_cast<std::size_t>(rows));
  problem.mask = trial.planted.value_or(problem.mask);
  attention::Pointers arrays;
  arrays.q = given("q", one.q);
  arrays.k = given("k", one.k);
  arrays.v = given("v", one.v);
  arrays.output = output.data();
  arrays.log_sum_exp = sums.data();
  if (problem.varlen) {
    auto sequences = attention::varlen_plan(problem, attention::kVarlenRows).arrays();
    sequences[static_cast<std::size_t>(problem.batches) + 2] += trial.planted_begin;
    arrays.sequences = given("sequences", sequences);
  }
  if (!one.scales.empty()) {
    std::vector<float> scales = one.scales;
    std::rotate(scales.begin(), scales.begin() + trial.planted_scales, scales.end());
    arrays.scales = given("scales", scales);
  }
  plan(problem, trial.blocks).bind(arrays, {}).launch(nullptr);
  const std::string difference = attention_difference(one, output, sums);
  expect(difference.empty(), difference);
}

}  // namespace assay::emulator
