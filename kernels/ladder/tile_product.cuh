// Rung 3: a bf16 matrix product by TMA and wgmma, with warpgroups that copy and that compute.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/barrier.cuh"
#include "device/cluster.cuh"
#include "device/convert.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/mbarrier.cuh"
#include "device/register.cuh"
#include "device/tma.cuh"
#include "device/wgmma.cuh"
#include "kernels/device/fragment.h"
#include "kernels/device/swizzle.h"
#include "kernels/hopper/ring.cuh"

namespace assay::ladder {

/// C = A B^T; A is M x K, B is N x K, both with K contiguous; C is M x N in bf16.
///
/// One warpgroup copies, two multiply 64 rows each. With a cluster of two, its blocks work one
/// above the other: each copies half of the tile of B to both.
template <int kTileN_, int kStages_, int kCluster_ = 1>
struct TileProductConfig {
  static constexpr int kConsumers = 2;
  static constexpr int kTileM = 64 * kConsumers;
  static constexpr int kTileN = kTileN_;
  static constexpr int kTileK = 64;  // 128 bytes: one span of the swizzle
  static constexpr int kStages = kStages_;
  static constexpr int kCluster = kCluster_;
  static constexpr int kThreads = 128 * (1 + kConsumers);
  static constexpr int kRegisters = 168;  // what 65536 allow each of 384 threads
  static constexpr int kProducerRegisters = 40;
  static constexpr int kConsumerRegisters = 232;
  static constexpr std::uint32_t kBytesA = kTileM * kTileK * 2;
  static constexpr std::uint32_t kBytesB = kTileN * kTileK * 2;
};

template <class Config>
struct TileProductShared {
  alignas(1024) unsigned char a[Config::kStages][Config::kBytesA];
  alignas(1024) unsigned char b[Config::kStages][Config::kBytesB];
  /// By consumer, then by 64 columns: 64 rows of 128 bytes, swizzled.
  alignas(1024) unsigned char c[Config::kConsumers][Config::kTileN / 64][64 * 128];
  std::uint64_t full[Config::kStages];
  std::uint64_t empty[Config::kStages];
};

struct ProductShape {
  int tiles_m;  ///< A multiple of the cluster's size.
  int tiles;
  int blocks_k;  ///< Steps of kTileK.
};

/// One thread fills the stages.
template <class Config>
__device__ __forceinline__ void produce(TileProductShared<Config>& shared, const CUtensorMap& a,
                                        const CUtensorMap& b, const ProductShape& shape) {
  constexpr int kRowsB = Config::kTileN / Config::kCluster;
  hopper::RingPosition<Config::kStages> ring;
  const int rank = static_cast<int>(device::cluster_rank());
  const int step = static_cast<int>(device::grid_size().x);
  for (int tile = static_cast<int>(device::block_index().x); tile < shape.tiles; tile += step) {
    const int row = tile % shape.tiles_m * Config::kTileM;
    const int column = tile / shape.tiles_m * Config::kTileN;
    for (int k = 0; k < shape.blocks_k; ++k, ring.advance()) {
      std::uint64_t* full = &shared.full[ring.stage];
      device::mbarrier_wait_parity(&shared.empty[ring.stage], ring.parity ^ 1);
      device::mbarrier_arrive_expect_tx(full, Config::kBytesA + Config::kBytesB);
      device::tensor_load(shared.a[ring.stage], a, {k * Config::kTileK, row}, full);
      unsigned char* to = shared.b[ring.stage] + rank * kRowsB * 128;
      const int at[2] = {k * Config::kTileK, column + rank * kRowsB};
      if constexpr (Config::kCluster == 1) {
        device::tensor_load(to, b, at, full);
      } else {
        device::tensor_load_multicast(to, b, at, full, (1u << Config::kCluster) - 1);
      }
    }
  }
}

/// Tells every block that copies to this stage that this warpgroup has done with it.
template <class Config>
__device__ __forceinline__ void release_stage(TileProductShared<Config>& shared, int stage,
                                              int thread) {
  if constexpr (Config::kCluster == 1) {
    if (thread == 0) device::mbarrier_arrive(&shared.empty[stage]);
  } else {
    if (thread < Config::kCluster) {
      device::mbarrier_arrive_remote(&shared.empty[stage], static_cast<std::uint32_t>(thread));
    }
  }
}

/// Rounds a warpgroup's accumulators into shared memory and stores them from there.
template <class Config>
__device__ __forceinline__ void store_tile(TileProductShared<Config>& shared, const CUtensorMap& c,
                                           const float (&d)[Config::kTileN / 2], int consumer,
                                           int thread, int row, int column) {
  const int barrier = 1 + consumer;
  if (thread == 0) device::bulk_wait_read<0>();
  device::named_barrier_sync(barrier, 128);  // the tile before has left shared memory
#pragma unroll
  for (int i = 0; i < Config::kTileN / 2; i += 2) {
    const device::Position at = device::accumulator_position(thread, i);
    unsigned char* box = shared.c[consumer][at.column / 64];
    const auto offset = static_cast<std::uint32_t>(at.row * 128 + at.column % 64 * 2);
    *reinterpret_cast<std::uint32_t*>(box + device::swizzled(device::Swizzle::k128, offset)) =
        device::pack_bf16(d[i], d[i + 1]);
  }
  device::fence_proxy_async_shared();
  device::named_barrier_sync(barrier, 128);
  if (thread == 0) {
    for (int i = 0; i < Config::kTileN / 64; ++i) {
      device::tensor_store(c, {column + 64 * i, row + 64 * consumer}, shared.c[consumer][i]);
    }
    device::bulk_commit();
  }
}

/// A warpgroup multiplies its 64 rows. A stage is released when the products after those that read
/// it have been started: one group stays under way.
template <class Config>
__device__ __forceinline__ void consume(TileProductShared<Config>& shared, const CUtensorMap& c,
                                        const ProductShape& shape, int consumer) {
  hopper::RingPosition<Config::kStages> ring;
  const int thread = static_cast<int>(device::thread_index().x % 128);
  const int step = static_cast<int>(device::grid_size().x);
  for (int tile = static_cast<int>(device::block_index().x); tile < shape.tiles; tile += step) {
    float d[Config::kTileN / 2];
    int before = -1;
    for (int k = 0; k < shape.blocks_k; ++k, ring.advance()) {
      device::mbarrier_wait_parity(&shared.full[ring.stage], ring.parity);
      const std::uint64_t a = device::matrix_descriptor(shared.a[ring.stage] + consumer * 64 * 128,
                                                        device::Swizzle::k128, 0, 1024);
      const std::uint64_t b =
          device::matrix_descriptor(shared.b[ring.stage], device::Swizzle::k128, 0, 1024);
      device::wgmma_fence(d);
#pragma unroll
      for (std::uint32_t i = 0; i < Config::kTileK / 16; ++i) {
        device::wgmma<device::Bf16>(d, device::advanced(a, 32 * i), device::advanced(b, 32 * i),
                                    k > 0 || i > 0);
      }
      device::wgmma_commit();
      device::wgmma_wait<1>();
      if (before >= 0) release_stage(shared, before, thread);
      before = ring.stage;
    }
    device::wgmma_wait<0>(d);
    release_stage(shared, before, thread);
    store_tile<Config>(shared, c, d, consumer, thread, tile % shape.tiles_m * Config::kTileM,
                       tile / shape.tiles_m * Config::kTileN);
  }
  if (thread == 0) device::bulk_wait_read<0>();
}

template <class Config>
__global__ void __launch_bounds__(Config::kThreads, 1)
    tile_product(const __grid_constant__ CUtensorMap a, const __grid_constant__ CUtensorMap b,
                 const __grid_constant__ CUtensorMap c, ProductShape shape) {
  auto& shared = *static_cast<TileProductShared<Config>*>(device::dynamic_smem());
  if (device::thread_index().x == 0) {
    for (int i = 0; i < Config::kStages; ++i) {
      device::mbarrier_init(&shared.full[i], 1);
      device::mbarrier_init(&shared.empty[i], Config::kConsumers * Config::kCluster);
    }
    device::fence_mbarrier_init();
  }
  if constexpr (Config::kCluster == 1) {
    device::syncthreads();
  } else {
    device::cluster_sync();
  }
  const int warpgroup = static_cast<int>(device::warp_index() / 4);
  if (warpgroup == 0) {
    device::registers_decrease<Config::kProducerRegisters>();
    if (device::thread_index().x == 0) produce<Config>(shared, a, b, shape);
  } else {
    device::registers_increase<Config::kConsumerRegisters>();
    consume<Config>(shared, c, shape, warpgroup - 1);
  }
  if constexpr (Config::kCluster > 1) {
    device::syncwarp();      // the thread that copied, and those that had nothing to do
    device::cluster_sync();  // nobody leaves while others may still arrive at its barriers
  }
}

}  // namespace assay::ladder
