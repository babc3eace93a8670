// Whose turn it is where two warpgroups multiply whole tiles alternately: the epilogue of one
// passes while the other multiplies.
#pragma once

#include "device/barrier.cuh"
#include "kernels/gemm/sm90/mainloop.cuh"

namespace assay::sm90 {

/// Of one warpgroup. A turn is passed on once all products of a tile have been started. That also
/// keeps the ring right: a stage's barrier tells only the round before from the present one, so
/// nobody may wait for a stage that others still have to read twice. Without ping-pong every tile
/// is everybody's, and nothing is waited for.
template <class K>
class PingPong {
 public:
  __device__ __forceinline__ explicit PingPong(int consumer) : consumer_(consumer) {}

  /// Asked once for each piece, before anything else of it.
  __device__ __forceinline__ bool is_mine() {
    if constexpr (!K::kTile.ping_pong) return true;
    return pieces_++ % 2 == consumer_;
  }

  /// Until the other has passed the turn; the first piece has nobody before it.
  __device__ __forceinline__ void wait() const {
    if constexpr (K::kTile.ping_pong)
      if (pieces_ > 1) device::named_barrier_sync(turn_of(consumer_), 2 * hopper::kWarpgroup);
  }

  /// To the other, if it has a piece to take it for: nobody else would wait for that barrier.
  __device__ __forceinline__ void pass(const Pieces<K>& pieces) const {
    if constexpr (K::kTile.ping_pong)
      if (pieces.has_next())
        device::named_barrier_arrive(turn_of(1 - consumer_), 2 * hopper::kWarpgroup);
  }

 private:
  /// A named barrier behind those of the consumers.
  static constexpr int turn_of(int consumer) {
    return hopper::consumer_barrier(hopper::kMostConsumers) + consumer;
  }

  int consumer_;
  int pieces_ = 0;  ///< Asked for so far.
};

}  // namespace assay::sm90
