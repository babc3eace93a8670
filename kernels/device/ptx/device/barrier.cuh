// Barriers of a block and of a warp: bar.sync, bar.arrive, bar.warp.sync.
#pragma once

namespace assay::device {

/// All threads of the block: bar.sync 0.
__device__ __forceinline__ void syncthreads() { __syncthreads(); }

/// bar.sync: arrives at named barrier `id` (1 to 15) and waits until `threads` have arrived.
__device__ __forceinline__ void named_barrier_sync(int id, int threads) {
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

/// bar.arrive: counts as arrived at named barrier `id` without waiting.
__device__ __forceinline__ void named_barrier_arrive(int id, int threads) {
  asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

/// bar.warp.sync: the lanes in `mask`, with their memory ordered.
__device__ __forceinline__ void syncwarp(unsigned mask = 0xffffffffu) { __syncwarp(mask); }

}  // namespace assay::device
