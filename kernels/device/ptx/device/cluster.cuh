// Thread block clusters: who we are in it, its barrier, the shared memory of its other blocks.
#pragma once

#include <cstdint>

namespace assay::device {

/// The block's rank in its cluster (%cluster_ctarank), and how many blocks the cluster has.
__device__ __forceinline__ std::uint32_t cluster_rank() {
  std::uint32_t rank;
  asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}

__device__ __forceinline__ std::uint32_t cluster_size() {
  std::uint32_t size;
  asm("mov.u32 %0, %%cluster_nctarank;" : "=r"(size));
  return size;
}

/// Every thread of the cluster arrives (release) and later waits (acquire); whole warps together.
__device__ __forceinline__ void cluster_arrive() {
  asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory");
}

__device__ __forceinline__ void cluster_wait() {
  asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory");
}

/// Arrive, then wait.
__device__ __forceinline__ void cluster_sync() {
  cluster_arrive();
  cluster_wait();
}

/// mapa: where block `rank` of the cluster keeps what this block keeps at `shared`.
template <typename T>
__device__ __forceinline__ T* map_to_rank(T* shared, std::uint32_t rank) {
  T* remote;
  asm("mapa.u64 %0, %1, %2;" : "=l"(remote) : "l"(shared), "r"(rank));
  return remote;
}

}  // namespace assay::device
