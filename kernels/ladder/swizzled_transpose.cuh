// Rung 2: transposes a matrix of floats tile by tile; threads read and write swizzled tiles.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/barrier.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/mbarrier.cuh"
#include "device/tma.cuh"
#include "kernels/device/swizzle.h"

namespace assay::ladder {

/// A tile is 32 x 32 floats: rows of 128 bytes, one swizzle span.
template <int kStages_>
struct TransposeConfig {
  static constexpr int kTile = 32;
  static constexpr int kStages = kStages_;
  static constexpr int kThreads = 128;
  static constexpr std::uint32_t kTileBytes = kTile * kTile * sizeof(float);
};

template <class Config>
struct TransposeShared {
  alignas(1024) unsigned char in[Config::kStages][Config::kTileBytes];
  alignas(1024) unsigned char out[Config::kStages][Config::kTileBytes];
  std::uint64_t full[Config::kStages];
};

/// Element (row, column) of a tile that TMA has swizzled, or will.
__device__ __forceinline__ float& swizzled_element(unsigned char* tile, int row, int column) {
  const auto offset = static_cast<std::uint32_t>(row * 128 + column * 4);
  return *reinterpret_cast<float*>(tile + device::swizzled(device::Swizzle::k128, offset));
}

/// Blocks take the tiles in turn; `tiles_x` tiles side by side in the source.
template <class Config>
__global__ void __launch_bounds__(Config::kThreads)
    swizzled_transpose(const __grid_constant__ CUtensorMap from,
                       const __grid_constant__ CUtensorMap to, int tiles_x, int tiles) {
  auto& shared = *static_cast<TransposeShared<Config>*>(device::dynamic_smem());
  const int thread = static_cast<int>(device::thread_index().x);
  if (thread == 0) {
    for (int i = 0; i < Config::kStages; ++i) device::mbarrier_init(&shared.full[i], 1);
    device::fence_mbarrier_init();  // the others see the barriers after the loop's first one
  }

  const int first = static_cast<int>(device::block_index().x);
  const int step = static_cast<int>(device::grid_size().x);
  const auto load = [&](int tile, int stage) {
    device::mbarrier_arrive_expect_tx(&shared.full[stage], Config::kTileBytes);
    device::tensor_load(shared.in[stage], from,
                        {tile % tiles_x * Config::kTile, tile / tiles_x * Config::kTile},
                        &shared.full[stage]);
  };
  if (thread == 0) {
    for (int i = 0; i < Config::kStages && first + i * step < tiles; ++i) load(first + i * step, i);
  }
  int i = 0;
  for (int tile = first; tile < tiles; tile += step, ++i) {
    const int stage = i % Config::kStages;
    if (thread == 0) device::bulk_wait_read<Config::kStages - 1>();  // out[stage] is free again
    device::syncthreads();
    device::mbarrier_wait_parity(&shared.full[stage], i / Config::kStages % 2);
    // A warp reads down a column, which the swizzle spreads over the banks, and writes along a row.
    for (int j = thread; j < Config::kTile * Config::kTile; j += Config::kThreads) {
      const int lane = j % Config::kTile;
      const int line = j / Config::kTile;
      swizzled_element(shared.out[stage], line, lane) =
          swizzled_element(shared.in[stage], lane, line);
    }
    device::fence_proxy_async_shared();
    device::syncthreads();
    if (thread == 0) {
      device::tensor_store(to, {tile / tiles_x * Config::kTile, tile % tiles_x * Config::kTile},
                           shared.out[stage]);
      device::bulk_commit();
      const int next = tile + Config::kStages * step;
      if (next < tiles) load(next, stage);
    }
  }
  if (thread == 0) device::bulk_wait_read<0>();
}

}  // namespace assay::ladder
