// What becomes of a tile's accumulators: parts of K summed, scaled, and stored through shared
// memory by TMA while the next tile's operands are on their way.
#pragma once

#include <cuda.h>

#include <cstdint>
#include <type_traits>

#include "device/atomic.cuh"
#include "device/barrier.cuh"
#include "device/convert.cuh"
#include "device/tma.cuh"
#include "kernels/device/formats.h"
#include "kernels/device/fragment.h"
#include "kernels/gemm/sm90/mainloop.cuh"
#include "kernels/hopper/store.cuh"

namespace assay::sm90 {

/// Split K and stream-K: leaves this part's accumulators in memory and counts it done. In the
/// warpgroup that was last, sums all parts in their order, so that the result does not depend on
/// who that was, and returns true.
template <class K>
__device__ __forceinline__ bool join_parts(Shared<K>& shared, typename K::Accumulators& d,
                                           const Arguments& arguments, const TileWork& work,
                                           int consumer, int thread) {
  using Accumulator = typename K::Accumulator;
  constexpr int kCount = K::kRowBlocks * K::kPerBlock;
  // Of a cluster's tile, this warpgroup's share.
  constexpr int kShares = K::kTile.cluster * sharers(K::kTile);
  const int share =
      static_cast<int>(device::cluster_rank()) * sharers(K::kTile) + K::part(consumer);
  const TileParts parts = arguments.schedule.parts_of(work);
  std::uint32_t* arrivals = arguments.arrivals + parts.tile * kShares + share;
  // Of a thread's accumulators, those of one number lie together: whole lines are written.
  const auto partials = [&](int part) {
    const std::int64_t place = std::int64_t{parts.place(part)} * kShares + share;
    return static_cast<Accumulator*>(arguments.partials) + place * (kCount * 128) + thread;
  };
  Accumulator* mine = partials(parts.mine);
#pragma unroll
  for (int block = 0; block < K::kRowBlocks; ++block) {
#pragma unroll
    for (int i = 0; i < K::kPerBlock; ++i) mine[(block * K::kPerBlock + i) * 128] = d[block][i];
  }
  device::named_barrier_sync(hopper::consumer_barrier(consumer), hopper::kWarpgroup);
  const auto others = static_cast<std::uint32_t>(parts.count) - 1;
  if (thread == 0) {
    shared.arrived[consumer] = device::atomic_add_release(arrivals, 1);
    // Only for the last: to anyone else the count may be set back meanwhile.
    if (shared.arrived[consumer] == others) device::load_acquire(arrivals);
  }
  device::named_barrier_sync(hopper::consumer_barrier(consumer), hopper::kWarpgroup);
  if (shared.arrived[consumer] != others) return false;
  // By groups, so that the loads of few accumulators are under way at once: all would not fit.
  constexpr int kGroup = K::kPerBlock < 32 ? K::kPerBlock : 32;
  static_assert(K::kPerBlock % kGroup == 0);
#pragma unroll
  for (int block = 0; block < K::kRowBlocks; ++block) {
#pragma unroll
    for (int first = 0; first < K::kPerBlock; first += kGroup) {
#pragma unroll
      for (int i = first; i < first + kGroup; ++i) d[block][i] = 0;
#pragma unroll 1
      for (int part = 0; part < parts.count; ++part) {
        const Accumulator* from = partials(part) + block * K::kPerBlock * 128;
#pragma unroll
        for (int i = first; i < first + kGroup; ++i) d[block][i] += from[i * 128];
      }
    }
  }
  if (thread == 0) *arrivals = 0;  // for the next launch
  return true;
}

template <class T>
__device__ __forceinline__ float as_float(T value) {
  if constexpr (sizeof(T) == 4) {
    return static_cast<float>(value);
  } else {
    return device::widen(value);
  }
}

/// d += beta C, where C is read by groups: the loads of one are under way at once, and those of all
/// would not fit the registers. Without a branch: places outside of C are not loaded.
template <class K>
__device__ __forceinline__ void add_scaled_c(typename K::Accumulators& d,
                                             const Arguments& arguments, const TileWork& work,
                                             int left, int thread) {
  using Output = typename K::Operands::Output;
  constexpr int kGroup = K::kPerBlock < 16 ? K::kPerBlock : 16;
  static_assert(K::kPerBlock % kGroup == 0);
  const auto* c =
      static_cast<const Output*>(arguments.c) +
      static_cast<std::int64_t>(matrix_of_rows<K>(work)) * arguments.rows * arguments.columns;
  const int end_row = K::kGrouped ? work.end_row : arguments.rows;
  const int end_left = K::kTile.swapped ? arguments.columns : end_row;
  const int end_right = K::kTile.swapped ? end_row : arguments.columns;
  const std::int64_t left_step = K::kTile.swapped ? 1 : arguments.columns;
  const std::int64_t right_step = K::kTile.swapped ? arguments.columns : 1;
  const device::Position first_at = device::accumulator_position(thread, 0);
  const int on_right = right_begin<K>(work) + first_at.column;
#pragma unroll
  for (int block = 0; block < K::kRowBlocks; ++block) {
    const Output* row[2];  // of a thread's two in a block, where its first accumulator lies
    int room[2];           // accumulators' columns from there on
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const int on_left = left + 64 * block + first_at.row + 8 * i;
      row[i] = c + on_left * left_step + on_right * right_step;
      room[i] = on_left < end_left ? end_right - on_right : 0;
    }
#pragma unroll
    for (int first = 0; first < K::kPerBlock; first += kGroup) {
      float loaded[kGroup];
#pragma unroll
      for (int i = 0; i < kGroup; ++i) {
        const device::Position at = device::accumulator_position(0, first + i);
        const int which = at.row / 8;
        loaded[i] = at.column < room[which] ? as_float(row[which][at.column * right_step]) : 0;
      }
#pragma unroll
      for (int i = 0; i < kGroup; ++i) d[block][first + i] += arguments.beta * loaded[i];
    }
  }
}

/// d = alpha scale_a scale_b d + beta C. Integers are not scaled.
template <class K>
__device__ __forceinline__ void scale(typename K::Accumulators& d, const Arguments& arguments,
                                      const TileWork& work, int left, int thread) {
  if constexpr (std::is_same_v<typename K::Accumulator, float>) {
    float alpha = arguments.alpha;
    if (arguments.scale_a != nullptr) alpha *= *arguments.scale_a;
    if (arguments.scale_b != nullptr) alpha *= *arguments.scale_b;
#pragma unroll
    for (int block = 0; block < K::kRowBlocks; ++block) {
#pragma unroll
      for (int i = 0; i < K::kPerBlock; ++i) d[block][i] *= alpha;
    }
    if (arguments.beta == 0) return;  // C may hold anything then, NaN too
    add_scaled_c<K>(d, arguments, work, left, thread);
  }
}

struct alignas(16) Piece {
  unsigned char bytes[16];
};

/// A box whose last rows belong to the next group, which TMA would overwrite: its rows of this
/// group by plain stores, 16 bytes each. Rows of C are multiples of 16 bytes, as its tensor map
/// asks.
template <class K>
__device__ __forceinline__ void copy_rows(const Arguments& arguments, const unsigned char* box,
                                          int row, int end_row, int column, int thread) {
  using Output = typename K::Operands::Output;
  constexpr int kPieces = kRowBytes / 16, kInPiece = 16 / static_cast<int>(sizeof(Output));
  const int at = column + thread % kPieces * kInPiece;
  if (at >= arguments.columns) return;
  for (int i = thread / kPieces; i < K::OutputBoxes::kRows && row + i < end_row;
       i += 128 / kPieces) {
    const auto offset = static_cast<std::uint32_t>(i * kRowBytes + thread % kPieces * 16);
    auto* to = static_cast<Output*>(arguments.c) +
               static_cast<std::int64_t>(row + i) * arguments.columns + at;
    *reinterpret_cast<Piece*>(to) =
        *reinterpret_cast<const Piece*>(box + device::swizzled(device::Swizzle::k128, offset));
  }
}

/// Stores a warpgroup's part of a tile box by box, through its buffers in turn; `turn` goes on from
/// tile to tile.
template <class K>
__device__ __forceinline__ void store_tile(Shared<K>& shared, const CUtensorMap& c,
                                           const typename K::Accumulators& d,
                                           const Arguments& arguments, const TileWork& work,
                                           int left, int consumer, int thread, int& turn) {
  using Boxes = typename K::OutputBoxes;
  const int right = right_begin<K>(work);
#pragma unroll
  for (int block = 0; block < K::kRowBlocks; ++block) {
#pragma unroll
    for (int box = 0; box < Boxes::kCount; ++box) {
      unsigned char* buffer =
          hopper::fill_next_box<Boxes>(shared.out[consumer], turn, d[block], box, consumer, thread);
      const int on_left = left + 64 * block;
      const int row = K::kTile.swapped ? right : on_left;
      const int column = (K::kTile.swapped ? on_left : right) + Boxes::kWidth * box;
      const bool whole = !K::kGrouped || row + Boxes::kRows <= work.end_row;
      if (!whole) copy_rows<K>(arguments, buffer, row, work.end_row, column, thread);
      if (thread == 0) {
        if (whole) device::tensor_store(c, {column, row, matrix_of_rows<K>(work)}, buffer);
        device::bulk_commit();  // empty where nothing was stored
      }
    }
  }
}

}  // namespace assay::sm90
