// wgmma: a warpgroup's asynchronous matrix product of 64 rows, accumulated in registers.
#pragma once

#include <cstdint>

#include "device/launch.cuh"
#include "kernels/device/descriptor.h"
#include "kernels/device/element.h"

namespace assay::device {

// Order: wgmma_fence, products, wgmma_commit, wgmma_wait. wgmma_fence and wgmma_wait take the
// accumulators they guard (an array or an array of arrays), so that the compiler moves no access of
// them across; a wait lists those that it makes readable.

/// The descriptor of an operand in this block's shared memory; steps in bytes (descriptor.h).
__device__ __forceinline__ std::uint64_t matrix_descriptor(const void* shared, Swizzle swizzle,
                                                           std::uint32_t leading_bytes,
                                                           std::uint32_t stride_bytes);

__device__ __forceinline__ void wgmma_fence();
template <typename T, int kCount>
__device__ __forceinline__ void wgmma_fence(T (&d)[kCount]);
template <typename T, int kRows, int kCount>
__device__ __forceinline__ void wgmma_fence(T (&d)[kRows][kCount]);

__device__ __forceinline__ void wgmma_commit();

template <int kPending>
__device__ __forceinline__ void wgmma_wait();
template <int kPending, typename T, int kCount>
__device__ __forceinline__ void wgmma_wait(T (&d)[kCount]);
template <int kPending, typename T, int kRows, int kCount>
__device__ __forceinline__ void wgmma_wait(T (&d)[kRows][kCount]);

/// d = a b (+ d when `accumulate`), m64nNkK with N = 2 kCount and 32 bytes of K:
/// Bf16, F16: k16, either major; Tf32: k8; E4m3, E5m2 in any pairing: k32; all into float;
/// std::int8_t: k32 into std::int32_t. N: 8, 16, 24, 32, 64, 96, 128, 192, 256.
/// wgmma<Bf16, Bf16, Major::kK, Major::kMn>(d, descriptor_a, descriptor_b, k > 0);
template <typename A, typename B = A, Major kMajorA = Major::kK, Major kMajorB = Major::kK,
          typename D, int kCount>
__device__ __forceinline__ void wgmma(D (&d)[kCount], std::uint64_t a, std::uint64_t b,
                                      bool accumulate);

/// The same with A's fragments (wgmma_layout.h) in registers.
template <typename A, typename B = A, Major kMajorB = Major::kK, typename D, int kCount>
__device__ __forceinline__ void wgmma(D (&d)[kCount], const std::uint32_t (&a)[4], std::uint64_t b,
                                      bool accumulate);

}  // namespace assay::device
