// setmaxnreg: moves registers from warpgroups that copy to warpgroups that compute.
#pragma once

namespace assay::device {

/// All warps of a warpgroup execute these. The count is 24 to 256, a multiple of 8.
template <int kRegisters>
__device__ __forceinline__ void registers_decrease() {
  static_assert(kRegisters >= 24 && kRegisters <= 256 && kRegisters % 8 == 0);
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

/// Waits until the pool of the block has as many.
template <int kRegisters>
__device__ __forceinline__ void registers_increase() {
  static_assert(kRegisters >= 24 && kRegisters <= 256 && kRegisters % 8 == 0);
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

}  // namespace assay::device
