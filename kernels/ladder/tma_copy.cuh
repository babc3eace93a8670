// Rung 1: copies a matrix tile by tile through a ring of shared memory, by TMA alone.
#pragma once

#include <cuda.h>

#include <cstdint>

#include "device/barrier.cuh"
#include "device/fence.cuh"
#include "device/launch.cuh"
#include "device/mbarrier.cuh"
#include "device/tma.cuh"

namespace assay::ladder {

/// What one thread can do alone: it fills stages as they become free and stores each as it lands.
/// A stage is free again once the store that was committed for it has read it.
template <int kRows_, int kColumns_, int kStages_>
struct TmaCopyConfig {
  static constexpr int kRows = kRows_;
  static constexpr int kColumns = kColumns_;  // of floats, one box wide
  static constexpr int kStages = kStages_;
  static constexpr int kThreads = 32;
  static constexpr std::uint32_t kTileBytes = kRows * kColumns * sizeof(float);
};

template <class Config>
struct TmaCopyShared {
  alignas(128) float tile[Config::kStages][Config::kRows * Config::kColumns];
  std::uint64_t full[Config::kStages];
};

/// Each block copies the tiles blockIdx.x, blockIdx.x + gridDim.x, ... of one column of tiles.
template <class Config>
__global__ void __launch_bounds__(Config::kThreads)
    tma_copy(const __grid_constant__ CUtensorMap from, const __grid_constant__ CUtensorMap to,
             int tiles) {
  auto& shared = *static_cast<TmaCopyShared<Config>*>(device::dynamic_smem());
  if (device::thread_index().x != 0) return;
  for (int i = 0; i < Config::kStages; ++i) device::mbarrier_init(&shared.full[i], 1);
  device::fence_mbarrier_init();

  const int first = static_cast<int>(device::block_index().x);
  const int step = static_cast<int>(device::grid_size().x);
  const int count = (tiles - first + step - 1) / step;
  const auto load = [&](int i) {
    const int stage = i % Config::kStages;
    device::mbarrier_arrive_expect_tx(&shared.full[stage], Config::kTileBytes);
    device::tensor_load(shared.tile[stage], from, {0, (first + i * step) * Config::kRows},
                        &shared.full[stage]);
  };
  for (int i = 0; i < Config::kStages - 1 && i < count; ++i) load(i);
  for (int i = 0; i < count; ++i) {
    const int stage = i % Config::kStages;
    device::mbarrier_wait_parity(&shared.full[stage], i / Config::kStages % 2);
    device::tensor_store(to, {0, (first + i * step) * Config::kRows}, shared.tile[stage]);
    device::bulk_commit();
    const int next = i + Config::kStages - 1;
    if (next < count) {
      device::bulk_wait_read<1>();  // the store before this one has read the stage of `next`
      load(next);
    }
  }
  device::bulk_wait_read<0>();
}

}  // namespace assay::ladder
