// How gradients leave the backward kernel on Hopper: dQ is added to in memory, in any order or in
// one; dK and dV are stored.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/atomic.cuh"
#include "device/fence.cuh"
#include "device/tma.cuh"
#include "kernels/attention/sm90/backward_shared.cuh"
#include "kernels/hopper/store.cuh"

namespace assay::attention::sm90 {

/// The order of a warpgroup's additions to dQ, kept by one thread. An addition is announced before
/// the next one, which has all of a step to complete in.
struct AdditionOrder {
  int unannounced = -1;  ///< The place of the count that is to grow.

  /// Until `before` additions that are counted there are complete.
  __device__ __forceinline__ void wait(std::uint32_t* counts, int place, std::uint32_t before) {
    announce(counts);
    while (device::load_acquire(counts + place) < before) {
    }
    device::fence_proxy_async_global();
    unannounced = place;
  }
  __device__ __forceinline__ void announce(std::uint32_t* counts) {
    if (unannounced < 0) return;
    device::bulk_wait<0>();
    device::fence_proxy_async_global();
    device::atomic_add_release(counts + unannounced, 1u);
  }
};

/// One thread: waits until the blocks of keys before this one have added to a step's dQ.
template <class K>
__device__ __forceinline__ void wait_for_turn(AdditionOrder& order,
                                              const BackwardArguments& arguments,
                                              const KeyWork& work, int head, int step) {
  const int steps = padded_queries(arguments.scores.queries) / kBackwardQueries;
  const int place = (work.batch * arguments.query_heads() + head) * steps + step;
  const int turn = addition_turn(arguments.scores, work.block, step);
  order.wait(arguments.additions, place, K::kAdders * static_cast<std::uint32_t>(turn));
}

/// Where 64 x 64 values of dQ are.
struct QueryGradientPlace {
  int column, query, head, batch;
};

/// Adds to dQ in memory; TMA leaves out rows past the last query.
template <class K>
__device__ __forceinline__ void add_query_gradients(BackwardShared<K>& shared,
                                                    const BackwardMaps& maps,
                                                    const QueryGradientPlace& place, int consumer,
                                                    int thread,
                                                    const typename K::QueryGradients& gradients) {
  using Boxes = typename K::QueryGradientBoxes;
  static_assert(Boxes::kCount == 2, "leaves the turn at the first buffer");
  int turn = 0;
#pragma unroll
  for (int box = 0; box < Boxes::kCount; ++box) {
    const unsigned char* buffer =
        hopper::fill_next_box<Boxes>(shared.out[consumer], turn, gradients, box, consumer, thread);
    if (thread == 0) {
      device::tensor_reduce_add(
          maps.dq, {place.column + Boxes::kWidth * box, place.query, place.head, place.batch},
          buffer);
      device::bulk_commit();
    }
  }
}

/// Stores a warpgroup's 64 rows of dK or dV, from buffer `turn` on.
template <class K>
__device__ __forceinline__ void store_key_gradients(BackwardShared<K>& shared,
                                                    const CUtensorMap& map, const KeyWork& work,
                                                    int consumer, int thread,
                                                    const typename K::Gradients& gradients,
                                                    int turn) {
  using Boxes = typename K::GradientBoxes;
#pragma unroll
  for (int box = 0; box < Boxes::kCount; ++box) {
    const unsigned char* buffer =
        hopper::fill_next_box<Boxes>(shared.out[consumer], turn, gradients, box, consumer, thread);
    if (thread == 0) {
      device::tensor_store(
          map, {Boxes::kWidth * box, work.first_key + 64 * consumer, work.key_head, work.batch},
          buffer);
      device::bulk_commit();
    }
  }
}

}  // namespace assay::attention::sm90
