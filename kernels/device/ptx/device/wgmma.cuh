// wgmma: a warpgroup's asynchronous matrix product of 64 rows, accumulated in registers.
#pragma once

#include <cstdint>

#include "device/launch.cuh"
#include "device/wgmma_register_float.cuh"
#include "device/wgmma_register_int.cuh"
#include "device/wgmma_shared_float.cuh"
#include "device/wgmma_shared_int.cuh"
#include "kernels/device/descriptor.h"
#include "kernels/device/element.h"

namespace assay::device {

// d = a b (+ d when `accumulate`), m64nNkK with N = twice the accumulators and 32 bytes of K:
//
//   wgmma<A, B, major of A, major of B>(d, descriptor of A, descriptor of B, accumulate)
//   wgmma<A, B, major of B>(d, A's fragments, descriptor of B, accumulate)
//
// A and B: Bf16 or F16: k16, either major; Tf32: k8; E4m3, E5m2 in any pairing: k32; all into
// float; std::int8_t: k32 into std::int32_t. B is A's type and majors are K unless given.
// N: 8, 16, 24, 32, 64, 96, 128, 176, 192, 256. Accumulators and fragments lie as in fragment.h.
//
// Order: wgmma_fence, products, wgmma_commit, wgmma_wait. wgmma_fence and wgmma_wait take the
// registers they guard (arrays or arrays of arrays), so that the compiler moves no access of them
// across; a wait lists the accumulators that it makes readable.

/// The descriptor of an operand in this block's shared memory; steps in bytes (descriptor.h).
__device__ __forceinline__ std::uint64_t matrix_descriptor(const void* shared, Swizzle swizzle,
                                                           std::uint32_t leading_bytes,
                                                           std::uint32_t stride_bytes) {
  return encode_descriptor({shared_address(shared), leading_bytes, stride_bytes, 0, swizzle});
}

/// No instruction: the compiler may keep no access of `d` on the wrong side of it.
template <int kCount>
__device__ __forceinline__ void hold(float (&d)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) asm volatile("" : "+f"(d[i])::"memory");
}

template <int kCount>
__device__ __forceinline__ void hold(std::int32_t (&d)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) asm volatile("" : "+r"(d[i])::"memory");
}

template <int kCount>
__device__ __forceinline__ void hold(std::uint32_t (&d)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) asm volatile("" : "+r"(d[i])::"memory");
}

template <typename T, int kRows, int kCount>
__device__ __forceinline__ void hold(T (&d)[kRows][kCount]) {
#pragma unroll
  for (int row = 0; row < kRows; ++row) hold(d[row]);
}

/// Before the first product, and whenever accumulators or A's registers were touched since.
template <typename... Registers>
__device__ __forceinline__ void wgmma_fence(Registers&... guarded) {
  (hold(guarded), ...);
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
  (hold(guarded), ...);
}

/// Closes the group of the warpgroup's products since the last commit.
__device__ __forceinline__ void wgmma_commit() {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

/// Waits until at most kPending of the newest groups are still under way.
template <int kPending>
__device__ __forceinline__ void wgmma_wait() {
  static_assert(kPending >= 0 && kPending <= 7);
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}

template <int kPending, typename T, int kCount>
__device__ __forceinline__ void wgmma_wait(T (&d)[kCount]) {
  hold(d);
  wgmma_wait<kPending>();
  hold(d);
}

}  // namespace assay::device
