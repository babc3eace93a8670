// The Hopper GEMM kernel: warp-specialised, persistent, fed by TMA, multiplied by wgmma. All dtypes
// and tile configurations are instances of it.
#pragma once

#include "device/barrier.cuh"
#include "device/fence.cuh"
#include "device/register.cuh"
#include "kernels/gemm/sm90/epilogue.cuh"
#include "kernels/gemm/sm90/mainloop.cuh"

namespace assay::sm90 {

/// One warpgroup: products and epilogue of every tile in turn. `products(ring, d, work, left,
/// thread)` leaves a tile's sums, of rows `left` on, in d.
template <class K, class Products>
__device__ __forceinline__ void consume(Shared<K>& shared, const CUtensorMap& c,
                                        const Arguments& arguments, int consumer,
                                        const Products& products) {
  const int thread = static_cast<int>(device::thread_index().x % 128);
  Pieces<K> pieces(arguments);
  RingPosition<K::kTile.stages> ring;
  int turn = 0;
  for (Work work; pieces.take(work);) {
    const int left = left_begin<K>(work) + consumer * K::kRowBlocks * 64;
    typename K::Accumulators d;
    products(ring, d, work, left, thread);
    if constexpr (!K::kGrouped) {
      if (arguments.schedule.splits > 1 &&
          !join_slices<K>(shared, d, arguments, work, consumer, thread)) {
        continue;
      }
    }
    scale<K>(d, arguments, work, left, thread);
    store_tile<K>(shared, c, d, arguments, work, left, consumer, thread, turn);
  }
  if (thread == 0) device::bulk_wait_read<0>();  // shared memory outlives the stores
}

template <class K>
__device__ __forceinline__ void make_barriers(Shared<K>& shared) {
  if (device::thread_index().x == 0) {
    for (int i = 0; i < K::kTile.stages; ++i) {
      device::mbarrier_init(&shared.full[i], 1);
      device::mbarrier_init(&shared.empty[i], K::kTile.consumers * K::kTile.cluster);
    }
    device::fence_mbarrier_init();
  }
  if constexpr (K::kTile.cluster == 1) {
    device::syncthreads();
  } else {
    device::cluster_sync();
  }
}

/// The body of a kernel: `products(shared, consumer)` gives what consume() calls.
template <class K, class Products>
__device__ __forceinline__ void run(const CUtensorMap& left, const CUtensorMap& right,
                                    const CUtensorMap& c, const Arguments& arguments,
                                    const Products& products) {
  static_assert(sizeof(Shared<K>) <= kMostShared);
  auto& shared = *static_cast<Shared<K>*>(device::dynamic_smem());
  make_barriers(shared);
  constexpr Registers kRegisters = registers(K::kTile);
  const int warpgroup = static_cast<int>(device::warp_index() / 4);
  if (warpgroup == 0) {
    if constexpr (kRegisters.producer != 0) device::registers_decrease<kRegisters.producer>();
    if (device::thread_index().x == 0) {
      device::prefetch_tensor_map(left);
      device::prefetch_tensor_map(right);
      device::prefetch_tensor_map(c);
      produce<K>(shared, left, right, arguments);
    }
  } else {
    if constexpr (kRegisters.consumer != 0) device::registers_increase<kRegisters.consumer>();
    consume<K>(shared, c, arguments, warpgroup - 1, products(shared, warpgroup - 1));
  }
  if constexpr (K::kTile.cluster > 1) {
    device::syncwarp();      // the thread that copied, and those that had nothing to do
    device::cluster_sync();  // nobody leaves while others may still arrive at its barriers
  }
}

template <class K>
__global__ void __launch_bounds__(threads(K::kTile), 1)
    gemm(const __grid_constant__ CUtensorMap left, const __grid_constant__ CUtensorMap right,
         const __grid_constant__ CUtensorMap c, const __grid_constant__ Arguments arguments) {
  run<K>(left, right, c, arguments, [](Shared<K>& shared, int consumer) {
    return [&shared, consumer](RingPosition<K::kTile.stages>& ring, typename K::Accumulators& d,
                               const Work& work, int, int thread) {
      multiply<K>(shared, ring, d, consumer, thread, work.end_k - work.first_k);
    };
  });
}

}  // namespace assay::sm90
