// The Hopper forward pass on fp8, as the catalogue has it.
#pragma once

#include "kernels/attention/sm90/launch.cuh"

namespace assay::attention::sm90 {

/// Whatever the mask: 192 keys would leave half of a box of values unused, and 256 spill.
template <int kWidth>
struct Fp8Tile {
  static constexpr TileConfig kTile{kWidth, kWidth, 128, 2, 1};
};

template <int kWidth>
using Fp8Forward = Forward<device::E4m3, Fp8Tile<kWidth>>;

inline std::optional<std::string> fp8_refusal(const Problem& problem) {
  if ((problem.width != 128 && problem.width != 256) || problem.value_width != problem.width) {
    return "takes d 128 or 256 with the same dv";
  }
  if (problem.varlen) return "takes no packed sequences: V is stored by columns";
  if (problem.keys % 16 != 0) {
    return "takes sk that is a multiple of 16: V is stored by columns, whose stride TMA wants so";
  }
  return std::nullopt;
}

inline Plan fp8_plan(const Problem& problem, int multiprocessors) {
  return problem.width == 128 ? forward_plan<Fp8Forward<128>>(problem, multiprocessors)
                              : forward_plan<Fp8Forward<256>>(problem, multiprocessors);
}

inline Kernel fp8_forward_entry() {
  constexpr const DtypeFacts& kElement = facts_of(Dtype::fp8_e4m3);
  return {.workload = Workload::forward,
          .dtype = "fp8_e4m3",
          .name = "sm90_v_by_columns",
          .summary = "the bf16 kernel on e4m3 with a scale for every head, V by columns, O in bf16",
          .types = {kElement.dtype, kElement.product, kElement.sum, true},
          .plan = fp8_plan,
          .capability = {9, true},
          .refuses = fp8_refusal};
}

}  // namespace assay::attention::sm90
