// The Hopper kernel with a plan that never varies, as the search for corrupted results runs it.
#pragma once

#include "kernels/gemm/sdc/compare.cuh"
#include "kernels/gemm/sm90/launch.cuh"

namespace assay::sdc {

inline GpuGemmKernel bf16_sm90() {
  using Fixed = sm90::Gemm<device::Bf16, device::Bf16, device::Bf16, device::Major::kMn>;
  return {.dtype = "bf16",
          .name = "sm90_sdc",
          .summary = "the Hopper kernel with a fixed plan, each result compared bit for bit",
          .types = tensor_core_types("bf16"),
          .launch = Fixed::launch_fixed,
          .capability = 9,
          .only_there = true,
          .refuses = Fixed::refuses,
          .describe = Fixed::describe_fixed,
          .compare = compare<9>,
          .tile = {sm90::kTiles[0].left, sm90::kTiles[0].right}};
}

}  // namespace assay::sdc
