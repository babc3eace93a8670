// The ring of stages between the thread that copies and the warpgroups that compute.
#pragma once

#include <cstdint>

#include "device/mbarrier.cuh"

namespace assay::hopper {

/// Of each stage, a barrier that completes when its bytes have arrived, and one that completes when
/// all have released it. In shared memory. A kernel with several rings derives a type for each, so
/// that the emulator deletes their calls one by one.
template <int kStages_>
struct Ring {
  static constexpr int kStages = kStages_;
  std::uint64_t full[kStages];
  std::uint64_t empty[kStages];
};

/// Where in a ring a warpgroup is, and the parity of that round.
template <int kStages>
struct RingPosition {
  int stage = 0;
  std::uint32_t parity = 0;
  __device__ __forceinline__ void advance() {
    if (++stage < kStages) return;
    stage = 0;
    parity ^= 1;
  }
  /// Past stages that another warpgroup reads.
  __device__ __forceinline__ void advance_by(int stages) {
    const int to = stage + stages;
    stage = to % kStages;
    parity ^= static_cast<std::uint32_t>(to / kStages) & 1;
  }
};

/// One thread, before share_barriers(). `releases`: how many release_stage() free a stage, of all
/// blocks of the cluster that copy to it.
template <class R>
__device__ __forceinline__ void make_ring(R& ring, std::uint32_t releases) {
  for (int i = 0; i < R::kStages; ++i) {
    device::mbarrier_init(&ring.full[i], 1);
    device::mbarrier_init(&ring.empty[i], releases);
  }
}

/// The thread that copies: waits until the stage is free, and has it wait for `bytes` from then on.
/// Returns the barrier that the copies are to tell.
template <class R>
__device__ __forceinline__ std::uint64_t* begin_stage(R& ring, const RingPosition<R::kStages>& at,
                                                      std::uint32_t bytes) {
  device::mbarrier_wait_parity(&ring.empty[at.stage], at.parity ^ 1);
  device::mbarrier_arrive_expect_tx(&ring.full[at.stage], bytes);
  return &ring.full[at.stage];
}

/// Whoever reads a stage: waits until its bytes are there.
template <class R>
__device__ __forceinline__ void wait_stage(R& ring, const RingPosition<R::kStages>& at) {
  device::mbarrier_wait_parity(&ring.full[at.stage], at.parity);
}

/// Tells each of the kCluster blocks that copy to a stage that this warpgroup has done with it;
/// `thread` is the caller's number in its warpgroup.
template <int kCluster, class R>
__device__ __forceinline__ void release_stage(R& ring, int stage, int thread) {
  if constexpr (kCluster == 1) {
    if (thread == 0) device::mbarrier_arrive(&ring.empty[stage]);
  } else {
    if (thread < kCluster) {
      device::mbarrier_arrive_remote(&ring.empty[stage], static_cast<std::uint32_t>(thread));
    }
  }
}

}  // namespace assay::hopper
