// The portable kernel as the search for corrupted results runs it: it has one plan anyway.
#pragma once

#include "kernels/gemm/sdc/compare.cuh"
#include "kernels/gemm/sm80/launch.cuh"

namespace assay::sdc {

inline GpuGemmKernel bf16_sm80() {
  using Portable = sm80::Operands<device::Bf16, device::Bf16, device::Major::kMn>;
  GpuGemmKernel kernel = sm80::entry<Portable>("bf16");
  kernel.name = "sm80_sdc";
  kernel.summary = "the portable kernel, each result compared bit for bit";
  kernel.batched = false;  // a wrong word is named by its place in one product
  kernel.compare = compare<8>;
  kernel.tile = {sm80::kTile, sm80::kTile};
  return kernel;
}

}  // namespace assay::sdc
