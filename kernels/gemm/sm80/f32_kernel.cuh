// The portable GEMM kernel in true f32: fused multiply-adds on the CUDA cores, fed by cp.async.
#pragma once

#include <cstdint>

#include "device/async_copy.cuh"
#include "device/barrier.cuh"
#include "device/launch.cuh"
#include "kernels/device/tile_order.h"
#include "kernels/gemm/sm80/batch.cuh"

namespace assay::sm80 {

inline constexpr int kF32Threads = 256;  ///< 16 x 16, each 8 x 8 outputs.
inline constexpr int kF32StageK = 16;
inline constexpr int kF32Stages = 3;
/// Rows of A as they come, by four more floats: rows that are read at once fall on other banks.
inline constexpr int kF32RowA = kF32StageK + 4;

struct F32Shared {
  alignas(16) float a[kF32Stages][kTile][kF32RowA];
  alignas(16) float b[kF32Stages][kF32StageK][kTile];
};
static_assert(sizeof(F32Shared) <= 99 * 1024);
/// 64 accumulators, what two steps of K multiply, and about 40 for addresses and loop state.
static_assert(64 + 2 * 16 + 40 <= 65536 / kF32Threads, "a thread's registers");

struct alignas(16) FourFloats {
  float at[4];
};

/// Starts the copies of block `k_block` of K into its stage, and closes their group.
__device__ __forceinline__ void fill_f32_stage(F32Shared& shared, const Arguments& arguments,
                                               device::Tile tile, int k_block, int k_blocks) {
  const int thread = static_cast<int>(device::thread_index().x);
  const int stage = k_block % kF32Stages, first_k = k_block * kF32StageK;
  const auto* a = static_cast<const float*>(arguments.a);
  const auto* b = static_cast<const float*>(arguments.b);
#pragma unroll
  for (int i = 0; i < 2 && k_block < k_blocks; ++i) {
    const int piece = thread + i * kF32Threads;
    const int line = piece / 4, k = first_k + piece % 4 * 4, row = tile.row * kTile + line;
    const bool a_inside = row < arguments.m && k < arguments.k;
    device::copy_async_zero_fill<16>(&shared.a[stage][line][piece % 4 * 4],
                                     a + (a_inside ? std::int64_t{row} * arguments.k + k : 0),
                                     a_inside ? 16 : 0);
    const int b_line = piece / 32, at = piece % 32 * 4, column = tile.column * kTile + at;
    const bool b_inside = first_k + b_line < arguments.k && column < arguments.n;
    device::copy_async_zero_fill<16>(
        &shared.b[stage][b_line][at],
        b + (b_inside ? std::int64_t{first_k + b_line} * arguments.n + column : 0),
        b_inside ? 16 : 0);
  }
  device::copy_async_commit();
}

/// A thread's rows are 16 apart and its columns two runs of four, 64 apart: a warp reads A by
/// broadcast and B in whole lines.
__device__ __forceinline__ void multiply_f32_stage(float (&d)[8][8], const F32Shared& shared,
                                                   int stage, int down, int across) {
#pragma unroll 2
  for (int k = 0; k < kF32StageK; ++k) {
    float left[8];
    FourFloats right[2];
#pragma unroll
    for (int i = 0; i < 8; ++i) left[i] = shared.a[stage][down + 16 * i][k];
#pragma unroll
    for (int j = 0; j < 2; ++j) {
      right[j] = *reinterpret_cast<const FourFloats*>(&shared.b[stage][k][across * 4 + 64 * j]);
    }
#pragma unroll
    for (int i = 0; i < 8; ++i) {
#pragma unroll
      for (int j = 0; j < 8; ++j) d[i][j] += left[i] * right[j / 4].at[j % 4];
    }
  }
}

/// K and N are multiples of 4: copies are of 16 bytes.
__global__ void __launch_bounds__(kF32Threads) gemm_f32(Arguments all) {
  const Arguments arguments = batch_of(all, sizeof(float), sizeof(float));
  auto& shared = *static_cast<F32Shared*>(device::dynamic_smem());
  const device::Tile tile = device::banded_tile(static_cast<int>(device::block_index().x),
                                                arguments.rows, arguments.columns, arguments.band);
  const int thread = static_cast<int>(device::thread_index().x);
  const int down = thread / 16, across = thread % 16;
  const int k_blocks = (arguments.k + kF32StageK - 1) / kF32StageK;
  float d[8][8] = {};
  for (int i = 0; i + 1 < kF32Stages; ++i) fill_f32_stage(shared, arguments, tile, i, k_blocks);
  for (int k = 0; k < k_blocks; ++k) {
    device::copy_async_wait<kF32Stages - 2>();
    device::syncthreads();  // everybody's copies are there, and the stage before is read
    fill_f32_stage(shared, arguments, tile, k + kF32Stages - 1, k_blocks);
    multiply_f32_stage(d, shared, k % kF32Stages, down, across);
  }
  auto* c = static_cast<float*>(arguments.c);
#pragma unroll
  for (int i = 0; i < 8; ++i) {
#pragma unroll
    for (int j = 0; j < 8; ++j) {
      const int row = tile.row * kTile + down + 16 * i;
      const int column = tile.column * kTile + across * 4 + 64 * (j / 4) + j % 4;
      if (row >= arguments.m || column >= arguments.n) continue;
      float& to = c[std::int64_t{row} * arguments.n + column];
      const float value = arguments.alpha * d[i][j];
      to = arguments.beta == 0 ? value : value + arguments.beta * to;
    }
  }
}

}  // namespace assay::sm80
