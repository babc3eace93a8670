// The portable forward pass: 16-byte copies that run ahead, ldmatrix, mma.sync; a warp has whole
// rows, so that only blocks of keys and values are shared.
#pragma once

#include <cstdint>

#include "device/barrier.cuh"
#include "device/matrix.cuh"
#include "device/warp.cuh"
#include "kernels/attention/sm80/forward_copies.cuh"
#include "kernels/attention/sm80/products.cuh"
#include "kernels/attention/softmax.cuh"
#include "kernels/device/fragment.h"

namespace assay::attention::sm80 {

/// Tile is a class with a ForwardTile kTile: nvcc's host code cannot name a value of a class.
/// `kVarlen`: of packed sequences of different lengths.
template <class Element_, class Tile, bool kVarlen_ = false>
struct Forward {
  using Element = Element_;
  static constexpr bool kVarlen = kVarlen_;
  static constexpr ForwardTile kTile = Tile::kTile;
  static_assert(tile_fault(kTile) == nullptr);
  static constexpr int kQueries = queries(kTile), kWarpQueries = warp_queries(kTile);
  static constexpr int kThreads = threads(kTile);
  static constexpr int kRowTiles = kTile.row_tiles;
  static constexpr int kProducts = kTile.width / 16;  ///< Along the width of a score.
  static constexpr int kHeld = kTile.holds_queries ? kProducts : 1;  ///< As fragments.

  using HeldQueries = std::uint32_t[kHeld][kRowTiles][4];
  using ScoreBlock = float[kRowTiles][kTile.keys / 2];
  using Fragments = std::uint32_t[kRowTiles][kTile.keys / 16][4];
  using Outputs = float[kRowTiles][kTile.value_width / 2];
  using Factors = float[kRowTiles][2];
};

/// Where a lane finds its 16 bytes of 16x16 elements in rows of shared memory: lanes 0 to 15 those
/// of the first 8 columns, the others those of the last, whatever is multiplied.
template <int kRowBytes>
class LanePlace {
 public:
  /// Of rows that begin at a multiple of 128 bytes.
  __device__ __forceinline__ LanePlace(int rows, int lane)
      : first_(rows + row_place(kRowBytes, lane % 16, lane / 16 * 16)) {}

  /// Of elements that begin at a row that is a multiple of 16, `across` times 32 bytes on.
  __device__ __forceinline__ int at(int row, int across) const {
    return (first_ ^ across % 4 * 32) + across / 4 * 128 + row * kRowBytes;
  }

 private:
  int first_;
};

/// Where a warp's queries begin, and later its outputs.
template <class K>
constexpr int query_rows(int warp) {
  return warp * K::kWarpQueries * 2 * K::kTile.width;
}

/// The queries of product `i` as left operands.
template <class K>
__device__ __forceinline__ void load_queries(const ForwardShared<K>& shared, int i, int warp,
                                             int lane,
                                             std::uint32_t (&fragments)[K::kRowTiles][4]) {
  const LanePlace<2 * K::kTile.width> place(query_rows<K>(warp), lane);
#pragma unroll
  for (int r = 0; r < K::kRowTiles; ++r) {
    device::ldmatrix(fragments[r], shared.queries + place.at(16 * r, i));
  }
}

/// The scores of a block of keys.
template <class K>
__device__ __forceinline__ void multiply_keys(const ForwardShared<K>& shared,
                                              typename K::HeldQueries& held, int slot, int warp,
                                              int lane, typename K::ScoreBlock& scores) {
  const LanePlace<2 * K::kTile.width> place(slot * slot_bytes(K::kTile), lane);
#pragma unroll
  for (auto& of_tile : scores) {
#pragma unroll
    for (float& score : of_tile) score = 0;
  }
#pragma unroll
  for (int i = 0; i < K::kProducts; ++i) {
    std::uint32_t loaded[K::kRowTiles][4];
    if constexpr (!K::kTile.holds_queries) load_queries<K>(shared, i, warp, lane, loaded);
#pragma unroll
    for (int tile = 0; tile < K::kTile.keys / 16; ++tile) {
      std::uint32_t columns[4];
      device::ldmatrix(columns, shared.slots[0] + place.at(16 * tile, i));
#pragma unroll
      for (int r = 0; r < K::kRowTiles; ++r) {
        const auto& left = K::kTile.holds_queries ? held[i % K::kHeld][r] : loaded[r];
        multiply<typename K::Element, 2>(scores[r], tile, left, columns);
      }
    }
  }
}

/// Adds exponentials times values.
template <class K>
__device__ __forceinline__ void multiply_values(const ForwardShared<K>& shared, int slot, int lane,
                                                const typename K::Fragments& exponentials,
                                                typename K::Outputs& outputs) {
  const LanePlace<2 * K::kTile.value_width> place(slot * slot_bytes(K::kTile), lane);
#pragma unroll
  for (int i = 0; i < K::kTile.keys / 16; ++i) {
#pragma unroll
    for (int tile = 0; tile < K::kTile.value_width / 16; ++tile) {
      std::uint32_t columns[4];
      device::ldmatrix<true>(columns, shared.slots[0] + place.at(16 * i, tile));
#pragma unroll
      for (int r = 0; r < K::kRowTiles; ++r) {
        multiply<typename K::Element>(outputs[r], tile, exponentials[r][i], columns);
      }
    }
  }
}

/// Whether outputs are to be multiplied by the factors: not while no row of the warp has found a
/// larger score, when all of them are 1.
template <class K>
struct Rescaling {
  using Factors = typename K::Factors;

  static __device__ __forceinline__ bool is_due(const Factors& factors) {
    bool changes = false;
#pragma unroll
    for (const auto& of_tile : factors) changes = changes || of_tile[0] != 1 || of_tile[1] != 1;
    return device::vote_any(changes);
  }
};

/// Of each of a warp's tiles of 16 rows.
template <class K>
using WarpRows = Softmax[K::kRowTiles];

/// Hides what the mask forbids of a block that begins at `key`.
template <class K>
__device__ __forceinline__ void hide_block(typename K::ScoreBlock& scores, const ForwardWork& work,
                                           int warp, int key, int lane) {
  const int first = work.queries.first + warp * K::kWarpQueries + lane / 4;
#pragma unroll
  for (int r = 0; r < K::kRowTiles; ++r) {
    VisibleColumns visible;
#pragma unroll
    for (int row = 0; row < 2; ++row) {
      visible.of[row] =
          visible_from(work.scores, first + 16 * r + 8 * row, key + ColumnOrder::first_key(lane));
    }
    hide(scores[r], visible, 0);
  }
}

/// Makes exponentials of a block of scores, and rescales the outputs of the blocks before it.
template <class K>
__device__ __forceinline__ void take_in(typename K::ScoreBlock& scores, float scale_log2,
                                        WarpRows<K>& rows, typename K::Fragments& exponentials,
                                        typename K::Outputs& outputs) {
  typename K::Factors factors;
#pragma unroll
  for (int r = 0; r < K::kRowTiles; ++r) {
    exponentiate(scores[r], rows[r], scale_log2, factors[r]);
    pack<typename K::Element>(exponentials[r], scores[r]);
  }
  if (!Rescaling<K>::is_due(factors)) return;
#pragma unroll
  for (int r = 0; r < K::kRowTiles; ++r) scale_rows(outputs[r], factors[r]);
}

/// Waits for the next block of keys or values; the slot before has then been read by all warps.
template <class K>
__device__ __forceinline__ void begin_block() {
  device::copy_async_wait<K::kTile.slots - 2>();
  device::syncthreads();
}

/// One warp's rows of a tile that attends to at least one block. Blocks are read from last to
/// first, keys and then values, and each slot is filled again as soon as it is read.
template <class K>
__device__ __forceinline__ void attend(ForwardShared<K>& shared, const PortableArguments& arguments,
                                       const ForwardWork& work, int warp, int lane,
                                       typename K::Outputs& outputs, WarpRows<K>& rows) {
  constexpr int kSlots = K::kTile.slots;
  static_assert(kSlots == 2 || kSlots == 3);
  constexpr bool kTwoAhead = kSlots == 3;  ///< Copies run ahead of the block that is read.
  ForwardCopies<K> copies(shared, arguments, work);
  int block = work.blocks.last - 1;
  start_queries(shared, arguments, work);
  copies.start_keys(block, 0);
  if constexpr (kTwoAhead) copies.start_values(block, 1);
  typename K::HeldQueries held;
  if constexpr (K::kTile.holds_queries) {
    begin_block<K>();
#pragma unroll
    for (int i = 0; i < K::kProducts; ++i) load_queries<K>(shared, i, warp, lane, held[i]);
  }
  for (int slot = 0; block >= work.blocks.first; --block) {
    typename K::ScoreBlock scores;
    typename K::Fragments exponentials;
    begin_block<K>();
    if constexpr (kTwoAhead) {
      copies.start_keys(block - 1, last_stage(slot, kSlots));
    } else {
      copies.start_values(block, last_stage(slot, kSlots));
    }
    multiply_keys<K>(shared, held, slot, warp, lane, scores);
    slot = next_stage(slot, kSlots);
    if (!work.blocks.is_plain(block)) {
      hide_block<K>(scores, work, warp, block * K::kTile.keys, lane);
    }
    take_in<K>(scores, arguments.scale_log2, rows, exponentials, outputs);
    begin_block<K>();
    if constexpr (kTwoAhead) {
      copies.start_values(block - 1, last_stage(slot, kSlots));
    } else {
      copies.start_keys(block - 1, last_stage(slot, kSlots));
    }
    multiply_values<K>(shared, slot, lane, exponentials, outputs);
    slot = next_stage(slot, kSlots);
  }
}

struct alignas(16) Piece {
  std::uint32_t words[4];
};

/// A warp's outputs through shared memory, where its queries were, to memory.
template <class K>
__device__ __forceinline__ void store_outputs(unsigned char* shared_rows,
                                              const PortableArguments& arguments,
                                              const ForwardWork& work, int first, int lane,
                                              const typename K::Outputs& outputs) {
  constexpr int kRowBytes = 2 * K::kTile.value_width;
#pragma unroll
  for (int r = 0; r < K::kRowTiles; ++r) {
#pragma unroll
    for (int i = 0; i < K::kTile.value_width / 2; i += 2) {
      const device::Position at = device::accumulator_position(lane, i);
      const int place = row_place(kRowBytes, 16 * r + at.row, 2 * at.column);
      *reinterpret_cast<std::uint32_t*>(shared_rows + place) =
          hopper::pack_pair<typename K::Element>(outputs[r][i], outputs[r][i + 1]);
    }
  }
  device::syncwarp();
  const std::int64_t first_row =
      std::int64_t{work.batch} * work.scores.queries + work.first_query + first;
  unsigned char* to =
      arguments.output + (first_row * arguments.query_heads + work.head) * kRowBytes;
  for (int i = lane; i < K::kWarpQueries * kRowBytes / 16; i += 32) {
    const int row = i / (kRowBytes / 16), byte = i % (kRowBytes / 16) * 16;
    if (first + row >= work.queries.last) break;
    *reinterpret_cast<Piece*>(to + std::int64_t{row} * arguments.query_heads * kRowBytes + byte) =
        *reinterpret_cast<const Piece*>(shared_rows + row_place(kRowBytes, row, byte));
  }
}

template <class K>
__device__ __forceinline__ void store_log_sum_exps(const PortableArguments& arguments,
                                                   const ForwardWork& work, int first, int lane,
                                                   const WarpRows<K>& rows) {
  if (lane % 4 != 0) return;
  float* to = arguments.log_sum_exp + first_log_sum_exp<K::kVarlen>(arguments, work);
#pragma unroll
  for (int r = 0; r < K::kRowTiles; ++r) {
#pragma unroll
    for (int row = 0; row < 2; ++row) {
      const int query = first + 16 * r + lane / 4 + 8 * row;
      if (query < work.queries.last) {
        to[query] = log_sum_exp(rows[r], row, arguments.scale);
      }
    }
  }
}

/// Divides a warp's outputs by the sums of their rows, and stores them.
template <class K>
__device__ __forceinline__ void store(ForwardShared<K>& shared, const PortableArguments& arguments,
                                      int warp, int lane, WarpRows<K>& rows,
                                      typename K::Outputs& outputs) {
  const ForwardWork work = shared.work;
  const int first = work.queries.first + warp * K::kWarpQueries;
#pragma unroll
  for (int r = 0; r < K::kRowTiles; ++r) {
    float factor[2];
    finish(rows[r], factor);
    scale_rows(outputs[r], factor);
  }
  store_log_sum_exps<K>(arguments, work, first, lane, rows);
  store_outputs<K>(shared.queries + query_rows<K>(warp), arguments, work, first, lane, outputs);
}

/// One block a tile: the longest come first, and whichever multiprocessor is free takes the next.
template <class K>
__global__ void __launch_bounds__(K::kThreads, K::kTile.blocks)
    forward(const __grid_constant__ PortableArguments arguments) {
  static_assert(sizeof(ForwardShared<K>) <= shared_bytes(K::kTile));
  auto& shared = *static_cast<ForwardShared<K>*>(device::dynamic_smem());
  const int warp = static_cast<int>(device::warp_index());
  const int lane = static_cast<int>(device::lane_index());
  typename K::Outputs outputs;
#pragma unroll
  for (auto& of_tile : outputs) {
#pragma unroll
    for (float& output : of_tile) output = 0;
  }
  WarpRows<K> rows;
  const ForwardWork work =
      forward_work<K::kVarlen>(arguments, device::block_index().x, K::kQueries, K::kTile.keys);
  if (device::thread_index().x == 0) shared.work = work;
  if (work.blocks.count() > 0) {
    attend<K>(shared, arguments, work, warp, lane, outputs, rows);
  } else {
    device::syncthreads();
  }
  store<K>(shared, arguments, warp, lane, rows, outputs);
}

}  // namespace assay::attention::sm80
