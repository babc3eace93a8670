// The portable GEMM kernel: 16-byte copies that run ahead, ldmatrix, mma.sync.
#pragma once

#include <cstdint>

#include "device/async_copy.cuh"
#include "device/barrier.cuh"
#include "device/convert.cuh"
#include "device/launch.cuh"
#include "device/matrix.cuh"
#include "device/mma_sync.cuh"
#include "kernels/device/formats.h"
#include "kernels/device/fragment.h"
#include "kernels/device/tile_order.h"
#include "kernels/gemm/sm80/batch.cuh"

namespace assay::sm80 {

struct Shared {
  alignas(512) unsigned char a[kStages][kOperandBytes];
  alignas(512) unsigned char b[kStages][kOperandBytes];
};
static_assert(sizeof(Shared) == kSharedBytes);

/// 16 bytes of an operand.
__device__ __forceinline__ unsigned char* piece(unsigned char* operand, int row, int byte) {
  return operand + piece_offset(row, byte);
}

/// Starts the copy of kLines rows of kRowBytes; what is outside of the matrix becomes zeros.
/// Line i of shared memory is matrix row first_row + i, from byte `first_byte` on.
template <int kLines>
__device__ __forceinline__ void copy_lines(unsigned char* to, const void* matrix, int first_row,
                                           int rows, std::int64_t first_byte,
                                           std::int64_t row_bytes) {
  constexpr int kPieces = kRowBytes / 16;
  const int thread = static_cast<int>(device::thread_index().x);
  const auto* from = static_cast<const unsigned char*>(matrix);
#pragma unroll
  for (int i = 0; i < kLines * kPieces / kThreads; ++i) {
    const int line = (thread + i * kThreads) / kPieces, byte = thread % kPieces * 16;
    const int row = first_row + line;
    const bool inside = row < rows && first_byte + byte < row_bytes;
    const std::int64_t offset = inside ? row * row_bytes + first_byte + byte : 0;
    device::copy_async_zero_fill<16>(piece(to, line, byte), from + offset, inside ? 16 : 0);
  }
}

/// Starts the copies of one operand of a stage: a tile of M or N, from `first` of `mn` on.
template <class O, device::Major kMajor>
__device__ __forceinline__ void fill_operand(unsigned char* to, const void* matrix, int first,
                                             int mn, int k_block, int k) {
  constexpr std::int64_t kBytes = sizeof(typename O::Element);
  if constexpr (kMajor == device::Major::kK) {
    copy_lines<kTile>(to, matrix, first, mn, std::int64_t{k_block} * kRowBytes, k * kBytes);
  } else {  // boxes of as much of M or N as fills a row, by the stage's rows of K
    constexpr int kBox = kRowBytes / 2;
#pragma unroll
    for (int box = 0; box < kTile / kBox; ++box) {
      copy_lines<O::kStageK>(to + box * O::kStageK * kRowBytes, matrix, k_block * O::kStageK, k,
                             (first + box * kBox) * kBytes, mn * kBytes);
    }
  }
}

/// Starts the copies of block `k_block` of K into a stage, and closes their group.
template <class O>
__device__ __forceinline__ void fill_stage(Shared& shared, const Arguments& arguments,
                                           device::Tile tile, int k_block, int k_blocks) {
  if (k_block < k_blocks) {
    const int stage = k_block % kStages;
    fill_operand<O, O::kMajorA>(shared.a[stage], arguments.a, tile.row * kTile, arguments.m,
                                k_block, arguments.k);
    fill_operand<O, O::kMajorB>(shared.b[stage], arguments.b, tile.column * kTile, arguments.n,
                                k_block, arguments.k);
  }
  device::copy_async_commit();  // empty at the end, so that groups go on counting stages
}

/// The fragment of 16 rows of A for one product.
template <class O>
__device__ __forceinline__ void load_a(std::uint32_t (&fragment)[4], unsigned char* a, int row,
                                       int product, int lane) {
  if constexpr (O::kMajorA == device::Major::kK) {
    device::ldmatrix(fragment, piece(a, row + lane % 16, product * 32 + lane / 16 * 16));
  } else {
    const int k = product * 16 + lane / 16 * 8 + lane % 8;
    constexpr int kBox = kRowBytes / 2;
    const int at = row % kBox + lane / 8 % 2 * 8;
    device::ldmatrix<true>(fragment, piece(a + row / kBox * O::kStageK * kRowBytes, k, at * 2));
  }
}

/// The fragments of 16 columns of B for one product: registers 0 and 1 are of the first 8.
template <class O>
__device__ __forceinline__ void load_b(std::uint32_t (&fragment)[4], unsigned char* b, int column,
                                       int product, int lane) {
  if constexpr (O::kMajorB == device::Major::kK) {
    const int row = column + lane / 16 * 8 + lane % 8;
    device::ldmatrix(fragment, piece(b, row, product * 32 + lane / 8 % 2 * 16));
  } else {
    const int k = product * 16 + lane / 8 % 2 * 8 + lane % 8;
    constexpr int kBox = kRowBytes / 2;
    const int at = column % kBox + lane / 16 * 8;
    device::ldmatrix<true>(fragment, piece(b + column / kBox * O::kStageK * kRowBytes, k, at * 2));
  }
}

/// A warp's outputs: rows of 16 by columns of 8.
inline constexpr int kDown = kWarpTile / 16, kAcross = kWarpTile / 8;
template <class O>
using Accumulators = typename O::Accumulator[kDown][kAcross][4];

/// The products of one stage.
template <class O>
__device__ __forceinline__ void multiply_stage(Accumulators<O>& d, unsigned char* a,
                                               unsigned char* b, int first_row, int first_column) {
  const int lane = static_cast<int>(device::lane_index());
#pragma unroll
  for (int product = 0; product < kRowBytes / 32; ++product) {
    std::uint32_t right[kAcross / 2][4];
#pragma unroll
    for (int j = 0; j < kAcross / 2; ++j)
      load_b<O>(right[j], b, first_column + 16 * j, product, lane);
#pragma unroll
    for (int i = 0; i < kDown; ++i) {
      std::uint32_t left[4];
      load_a<O>(left, a, first_row + 16 * i, product, lane);
#pragma unroll
      for (int j = 0; j < kAcross; ++j) {
        const std::uint32_t column[2] = {right[j / 2][j % 2 * 2], right[j / 2][j % 2 * 2 + 1]};
        device::mma_sync<typename O::Element>(d[i][j], left, column, d[i][j]);
      }
    }
  }
}

template <class T>
__device__ __forceinline__ float widened(T value) {
  if constexpr (sizeof(T) == 2) {
    return device::widen(value);
  } else {
    return static_cast<float>(value);
  }
}

/// d += beta C, where a warp's outputs are of C from `first_row` and `first_column` on. C is read a
/// row at a time: the loads of one are under way at once, and those of all would not fit the
/// registers. Without a branch: places outside of C are not loaded.
template <class O>
__device__ __forceinline__ void add_scaled_c(Accumulators<O>& d, const Arguments& arguments,
                                             int first_row, int first_column) {
  using Output = typename O::Output;
  const int lane = static_cast<int>(device::lane_index());
#pragma unroll
  for (int i = 0; i < kDown; ++i) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const device::Position at = device::accumulator_position(lane, 2 * half);
      const int row = first_row + 16 * i + at.row, column = first_column + at.column;
      const Output* from =
          static_cast<const Output*>(arguments.c) + std::int64_t{row} * arguments.n + column;
      const int room = row < arguments.m ? arguments.n - column : 0;
      float loaded[kAcross][2];
#pragma unroll
      for (int j = 0; j < kAcross; ++j) {
#pragma unroll
        for (int one = 0; one < 2; ++one)
          loaded[j][one] = 8 * j < room ? widened(from[8 * j + one]) : 0;
      }
#pragma unroll
      for (int j = 0; j < kAcross; ++j) {
#pragma unroll
        for (int one = 0; one < 2; ++one)
          d[i][j][2 * half + one] += arguments.beta * loaded[j][one];
      }
    }
  }
}

/// d = alpha d + beta C. Integers are not scaled.
template <class O>
__device__ __forceinline__ void scale(Accumulators<O>& d, const Arguments& arguments, int first_row,
                                      int first_column) {
  if constexpr (std::is_same_v<typename O::Accumulator, float>) {
#pragma unroll
    for (int i = 0; i < kDown; ++i) {
#pragma unroll
      for (int j = 0; j < kAcross; ++j) {
#pragma unroll
        for (float& one : d[i][j]) one *= arguments.alpha;
      }
    }
    if (arguments.beta == 0) return;  // C may hold anything then, NaN too
    add_scaled_c<O>(d, arguments, first_row, first_column);
  }
}

/// Two neighbours in a row of C.
template <class O>
__device__ __forceinline__ void store_pair(const Arguments& arguments, int row, int column,
                                           typename O::Accumulator first,
                                           typename O::Accumulator second) {
  using Output = typename O::Output;
  if (row >= arguments.m || column >= arguments.n) return;
  Output* to = static_cast<Output*>(arguments.c) + std::int64_t{row} * arguments.n + column;
  if constexpr (std::is_same_v<Output, device::Bf16>) {
    *reinterpret_cast<std::uint32_t*>(to) = device::pack_bf16(first, second);
  } else if constexpr (std::is_same_v<Output, device::F16>) {
    *reinterpret_cast<std::uint32_t*>(to) = device::pack_f16(first, second);
  } else {
    to[0] = first;
    to[1] = second;
  }
}

template <class O>
__global__ void __launch_bounds__(kThreads, kBlocks) gemm(Arguments all) {
  const Arguments arguments =
      batch_of(all, sizeof(typename O::Element), sizeof(typename O::Output));
  auto& shared = *static_cast<Shared*>(device::dynamic_smem());
  const device::Tile tile = device::banded_tile(static_cast<int>(device::block_index().x),
                                                arguments.rows, arguments.columns, arguments.band);
  const int k_blocks = (arguments.k + O::kStageK - 1) / O::kStageK;
  const int warp = static_cast<int>(device::warp_index());
  const int first_row = warp / kWarps * kWarpTile, first_column = warp % kWarps * kWarpTile;

  Accumulators<O> d = {};
#pragma unroll
  for (int i = 0; i + 1 < kStages; ++i) fill_stage<O>(shared, arguments, tile, i, k_blocks);
  for (int k = 0; k < k_blocks; ++k) {
    device::copy_async_wait<kStages - 2>();
    device::syncthreads();  // everybody's copies are there, and the stage before is read
    fill_stage<O>(shared, arguments, tile, k + kStages - 1, k_blocks);
    const int stage = k % kStages;
    multiply_stage<O>(d, shared.a[stage], shared.b[stage], first_row, first_column);
  }
  const int on_row = tile.row * kTile + first_row, on_column = tile.column * kTile + first_column;
  scale<O>(d, arguments, on_row, on_column);
  const int lane = static_cast<int>(device::lane_index());
#pragma unroll
  for (int i = 0; i < kDown; ++i) {
#pragma unroll
    for (int j = 0; j < kAcross; ++j) {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        const device::Position at = device::accumulator_position(lane, 2 * half);
        store_pair<O>(arguments, on_row + 16 * i + at.row, on_column + 8 * j + at.column,
                      d[i][j][2 * half], d[i][j][2 * half + 1]);
      }
    }
  }
}

}  // namespace assay::sm80
