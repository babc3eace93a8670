// Where a thread stands, the block's dynamic shared memory, and how a kernel is launched.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <string>
#include <utility>

#include "harness/core/error.h"
#include "kernels/device/launch_config.h"

namespace assay::device {

__device__ __forceinline__ Index3 thread_index() { return {threadIdx.x, threadIdx.y, threadIdx.z}; }
__device__ __forceinline__ Index3 block_index() { return {blockIdx.x, blockIdx.y, blockIdx.z}; }
__device__ __forceinline__ Index3 block_size() { return {blockDim.x, blockDim.y, blockDim.z}; }
__device__ __forceinline__ Index3 grid_size() { return {gridDim.x, gridDim.y, gridDim.z}; }

/// The thread's place in its warp (%laneid).
__device__ __forceinline__ unsigned lane_index() {
  unsigned lane;
  asm("mov.u32 %0, %%laneid;" : "=r"(lane));
  return lane;
}

/// The warp's place in its block, of a one-dimensional block: broadcast from lane 0, so that the
/// compiler knows it to be the same for the whole warp and branches on it without divergence.
__device__ __forceinline__ unsigned warp_index() {
  return __shfl_sync(0xffffffffu, threadIdx.x / 32, 0);
}

/// The start of the block's dynamic shared memory, the only shared memory that kernels use. TMA's
/// swizzles and wgmma's descriptors ask for its alignment, which no compiler enforces at the
/// launch.
__device__ __forceinline__ void* dynamic_smem() {
  extern __shared__ __align__(1024) unsigned char assay_dynamic_shared_memory[];
#ifndef NDEBUG
  if (__cvta_generic_to_shared(assay_dynamic_shared_memory) % 1024 != 0) __trap();
#endif
  return assay_dynamic_shared_memory;
}

/// The 32-bit address, in the block's shared window, that descriptors are made of.
__device__ __forceinline__ std::uint32_t shared_address(const void* shared) {
  return static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
}

/// Ends the kernel with an error where the program is broken.
__device__ __forceinline__ void trap() { __trap(); }

inline void check_launch(cudaError_t status, const char* attempted) {
  if (status == cudaSuccess) return;
  throw Error(std::string(attempted) + ": " + cudaGetErrorString(status));
}

/// Once for each kernel and device, before it is queued with so much dynamic shared memory.
template <typename... Parameters>
void allow_shared_memory(void (*kernel)(Parameters...), std::size_t bytes) {
  check_launch(
      cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel),
                           cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)),
      "asking for a kernel's shared memory");
}

/// Queues the kernel on the config's stream; returns once it is queued.
template <typename... Parameters, typename... Arguments>
void queue(const LaunchConfig& config, void (*kernel)(Parameters...), Arguments&&... arguments) {
  cudaLaunchAttribute cluster{};
  cluster.id = cudaLaunchAttributeClusterDimension;
  cluster.val.clusterDim = {config.cluster.x, config.cluster.y, config.cluster.z};
  cudaLaunchConfig_t native{};
  native.gridDim = dim3(config.grid.x, config.grid.y, config.grid.z);
  native.blockDim = dim3(config.block.x, config.block.y, config.block.z);
  native.dynamicSmemBytes = config.shared_bytes;
  native.stream = static_cast<cudaStream_t>(config.stream);
  native.attrs = &cluster;
  native.numAttrs = config.cluster.x * config.cluster.y * config.cluster.z > 1 ? 1 : 0;
  check_launch(cudaLaunchKernelEx(&native, kernel, std::forward<Arguments>(arguments)...),
               "launching a kernel");
}

/// Both.
template <typename... Parameters, typename... Arguments>
void launch(const LaunchConfig& config, void (*kernel)(Parameters...), Arguments&&... arguments) {
  allow_shared_memory(kernel, config.shared_bytes);
  queue(config, kernel, std::forward<Arguments>(arguments)...);
}

}  // namespace assay::device
