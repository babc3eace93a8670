// The Hopper GEMM kernel: warp-specialised, persistent, fed by TMA, multiplied by wgmma. All dtypes
// and tile configurations are instances of it.
#pragma once

#include "device/warp.cuh"
#include "kernels/gemm/sm90/epilogue.cuh"
#include "kernels/gemm/sm90/mainloop.cuh"
#include "kernels/gemm/sm90/ping_pong.cuh"
#include "kernels/hopper/roles.cuh"

namespace assay::sm90 {

/// One warpgroup: products and epilogue of every tile of its own in turn. `products(ring, d, work,
/// steps, left, thread, all_started)` leaves a tile's sums, of rows `left` on, in d.
template <class K, class Products>
__device__ __forceinline__ void consume(Shared<K>& shared, const CUtensorMap& c,
                                        const Arguments& arguments, int consumer, int thread,
                                        const Products& products) {
  Pieces<K> pieces(arguments);
  typename K::RingPosition ring;
  PingPong<K> players(consumer);
  int turn = 0;
  for (TileWork work; pieces.take(work);) {
    int steps = work.end_k - work.first_k;
    // The shuffle shows ptxas that a warp's threads take the same steps: it keeps ring and
    // descriptors in uniform registers then (58 instructions in the steady loop; 82 without).
    if constexpr (can_share(K::kTile)) steps = device::shuffle(steps, 0);
    if (!players.is_mine()) {
      ring.advance_by(steps);
      continue;
    }
    const int left = left_begin<K>(work) + K::first_row(consumer);
    typename K::Accumulators d;
    players.wait();
    products(ring, d, work, steps, left, thread, [&] { players.pass(pieces); });
    if constexpr (!K::kGrouped) {
      if (arguments.schedule.is_part(work) &&
          !join_parts<K>(shared, d, arguments, work, consumer, thread)) {
        continue;
      }
    }
    scale<K>(d, arguments, work, left, thread);
    store_tile<K>(shared, c, d, arguments, work, left, consumer, thread, turn);
  }
  if (thread == 0) device::bulk_wait_read<0>();  // shared memory outlives the stores
}

/// The body of a kernel: `products(shared, consumer)` gives what consume() calls.
template <class K, class Products>
__device__ __forceinline__ void run(const CUtensorMap& left, const CUtensorMap& right,
                                    const CUtensorMap& c, const Arguments& arguments,
                                    const Products& products) {
  static_assert(sizeof(Shared<K>) <= hopper::kMostShared);
  constexpr int kCluster = K::kTile.cluster, kConsumers = K::kTile.consumers;
  auto& shared = *static_cast<Shared<K>*>(device::dynamic_smem());
  hopper::prefetch_tensor_maps(left, right, c);
  hopper::share_barriers<kCluster>(
      [&] { hopper::make_ring(shared.ring, sharers(K::kTile) * kCluster); });
  hopper::split_roles<kConsumers, producer_registers(kConsumers)>(
      [&] {
        if (device::thread_index().x != 0) return;
        produce<K>(shared, left, right, arguments);
      },
      [&](int consumer, int thread) {
        consume<K>(shared, c, arguments, consumer, thread, products(shared, consumer));
      });
  hopper::leave_cluster<kCluster>();
}

template <class K>
__global__ void __launch_bounds__(threads(K::kTile), 1)
    gemm(const __grid_constant__ CUtensorMap left, const __grid_constant__ CUtensorMap right,
         const __grid_constant__ CUtensorMap c, const __grid_constant__ Arguments arguments) {
  run<K>(left, right, c, arguments, [](Shared<K>& shared, int consumer) {
    return
        [&shared, consumer](typename K::RingPosition& ring, typename K::Accumulators& d,
                            const TileWork&, int steps, int, int thread, const auto& all_started) {
          multiply<K>(shared, ring, d, consumer, thread, steps, all_started);
        };
  });
}

}  // namespace assay::sm90
