// Products of fragments by mma.sync.
#pragma once

#include <cstdint>

#include "device/mma_sync.cuh"

namespace assay::attention::sm80 {

/// The product of a 16x16 fragment and 16 rows of 16 columns, added to accumulators 8 * tile on.
/// Registers of `right` that are `kApart` from each other belong to the same columns.
template <class Element, int kApart = 1, int kCount>
__device__ __forceinline__ void multiply(float (&sums)[kCount], int tile,
                                         const std::uint32_t (&left)[4],
                                         const std::uint32_t (&right)[4]) {
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    float* part = sums + 8 * tile + 4 * half;
    const int first = kApart == 1 ? 2 * half : half;
    const std::uint32_t columns[2] = {right[first], right[first + kApart]};
    float sum[4] = {part[0], part[1], part[2], part[3]};
    device::mma_sync<Element>(sum, left, columns, sum);
#pragma unroll
    for (int i = 0; i < 4; ++i) part[i] = sum[i];
  }
}

}  // namespace assay::attention::sm80
