// The roles of a block's warpgroups: the first copies, the others compute, each with its registers.
#pragma once

#include "device/barrier.cuh"
#include "device/cluster.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/mbarrier.cuh"
#include "device/register.cuh"
#include "device/tma.cuh"
#include "kernels/hopper/budget.h"

namespace assay::hopper {

/// The first that a kernel does: the descriptors that it copies by are fetched while barriers are
/// made and blocks wait for each other.
template <class... Maps>
__device__ __forceinline__ void prefetch_tensor_maps(const Maps&... maps) {
  if (device::thread_index().x == 0) (device::prefetch_tensor_map(maps), ...);
}

/// `make` makes the barriers, in one thread; afterwards all blocks of the cluster know them.
template <int kCluster, class Make>
__device__ __forceinline__ void share_barriers(const Make& make) {
  if (device::thread_index().x == 0) {
    make();
    device::fence_mbarrier_init();
  }
  if constexpr (kCluster == 1) {
    device::syncthreads();
  } else {
    device::cluster_sync();
  }
}

/// Which of the named barriers is a consumer's own; 0 is the block's.
constexpr int consumer_barrier(int consumer) { return 1 + consumer; }

/// produce() in every thread of the warpgroup that copies, consume(consumer, thread) in the others:
/// the warpgroup's number among them, and the thread's in its warpgroup.
template <int kConsumers, int kProducerRegisters, class Produce, class Consume>
__device__ __forceinline__ void split_roles(const Produce& produce, const Consume& consume) {
  constexpr Registers kRegisters = registers(kConsumers, kProducerRegisters);
  const int warpgroup = static_cast<int>(device::warp_index() / 4);
  if (warpgroup == 0) {
    if constexpr (kRegisters.producer != 0) device::registers_decrease<kRegisters.producer>();
    produce();
  } else {
    if constexpr (kRegisters.consumer != 0) device::registers_increase<kRegisters.consumer>();
    consume(warpgroup - 1, static_cast<int>(device::thread_index().x % kWarpgroup));
  }
}

/// The end of a kernel: nobody leaves while others may still arrive at its barriers.
template <int kCluster>
__device__ __forceinline__ void leave_cluster() {
  if constexpr (kCluster > 1) {
    device::syncwarp();  // the thread that copied, and those that had nothing to do
    device::cluster_sync();
  }
}

}  // namespace assay::hopper
