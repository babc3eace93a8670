// The Hopper forward pass on fp8, as the catalogue has it.
#pragma once

#include "kernels/attention/sm90/launch.cuh"

namespace assay::attention::sm90 {

inline std::optional<std::string> fp8_refusal(const Problem& problem) {
  if (problem.width != kFp8Tile.width || problem.value_width != kFp8Tile.value_width) {
    return "takes d 128 with the same dv";
  }
  if (problem.varlen) return "takes no packed sequences: V is stored by columns";
  if (problem.keys % 16 != 0) {
    return "takes sk that is a multiple of 16: V is stored by columns, whose stride TMA wants so";
  }
  return std::nullopt;
}

using Fp8Forward = Forward<device::E4m3, Fp8Tile>;

inline Kernel fp8_forward_entry() {
  constexpr const DtypeFacts& kElement = facts_of(Dtype::fp8_e4m3);
  return {.workload = Workload::forward,
          .dtype = "fp8_e4m3",
          .name = "sm90_v_by_columns",
          .summary = "the bf16 kernel on e4m3 with a scale for every head, V by columns, O in bf16",
          .types = {kElement.dtype, kElement.product, kElement.sum, true},
          .plan = forward_plan<Fp8Forward>,
          .capability = {9, true},
          .refuses = fp8_refusal};
}

}  // namespace assay::attention::sm90
