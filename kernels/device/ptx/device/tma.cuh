// TMA: bulk copies of bytes and of boxes of a tensor, between global and shared memory.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/launch.cuh"
#include "kernels/device/element.h"

namespace assay::device {

// Loads complete their bytes on an mbarrier; `multicast` writes to the same place in every block
// of the cluster whose bit is set in `blocks`, and completes on each one's own barrier. Stores and
// reductions are waited for in groups by the thread that issued them. Coordinates are in elements,
// innermost first; what lies outside the tensor loads as zero and is not stored.

/// Addresses and `bytes` are multiples of 16.
__device__ __forceinline__ void bulk_load(void* shared, const void* global, std::uint32_t bytes,
                                          std::uint64_t* barrier);
__device__ __forceinline__ void bulk_load_multicast(void* shared, const void* global,
                                                    std::uint32_t bytes, std::uint64_t* barrier,
                                                    std::uint16_t blocks);
__device__ __forceinline__ void bulk_store(void* global, const void* shared, std::uint32_t bytes);
/// T: float, Bf16, F16, std::int32_t, std::uint32_t.
template <typename T>
__device__ __forceinline__ void bulk_reduce_add(T* global, const T* shared, std::uint32_t bytes);

/// kRank 2 to 4: tensor_load(tile, map, {column, row}, &full).
template <int kRank>
__device__ __forceinline__ void tensor_load(void* shared, const CUtensorMap& map,
                                            const int (&at)[kRank], std::uint64_t* barrier);
template <int kRank>
__device__ __forceinline__ void tensor_load_multicast(void* shared, const CUtensorMap& map,
                                                      const int (&at)[kRank],
                                                      std::uint64_t* barrier, std::uint16_t blocks);
template <int kRank>
__device__ __forceinline__ void tensor_store(const CUtensorMap& map, const int (&at)[kRank],
                                             const void* shared);
template <int kRank>
__device__ __forceinline__ void tensor_reduce_add(const CUtensorMap& map, const int (&at)[kRank],
                                                  const void* shared);
/// Into L2 only; no barrier, no effect that a program can see.
template <int kRank>
__device__ __forceinline__ void tensor_prefetch(const CUtensorMap& map, const int (&at)[kRank]);
/// Brings the descriptor itself near.
__device__ __forceinline__ void prefetch_tensor_map(const CUtensorMap& map);

/// Closes the group of this thread's stores and reductions since the last commit.
__device__ __forceinline__ void bulk_commit();
/// Waits until at most kPending groups still have to read their shared memory.
template <int kPending>
__device__ __forceinline__ void bulk_wait_read();
/// Waits until at most kPending groups are not yet complete and visible.
template <int kPending>
__device__ __forceinline__ void bulk_wait();

}  // namespace assay::device
