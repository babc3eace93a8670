// The decode step over a paged cache: 16-byte copies that run ahead, ldmatrix, mma.sync, and one
// block of each tile that combines what its blocks have found.
#pragma once

#include <cstdint>

#include "device/async_copy.cuh"
#include "device/atomic.cuh"
#include "device/barrier.cuh"
#include "device/launch.cuh"
#include "device/matrix.cuh"
#include "kernels/attention/sm80/combine.cuh"
#include "kernels/attention/sm80/copies.cuh"
#include "kernels/attention/sm80/products.cuh"
#include "kernels/attention/sm80/visible.cuh"
#include "kernels/device/fragment.h"

namespace assay::attention::sm80 {

template <class Element_, int kWidth_, int kRowWarps_>
struct Decode {
  using Element = Element_;
  static constexpr int kWidth = kWidth_;
  static constexpr int kRowWarps = kRowWarps_;  ///< Of a team.
  static constexpr int kTeams = kWarps / kRowWarps;
  static constexpr int kRows = kWarpRows * kRowWarps;  ///< Of a block.
  static constexpr int kKeys = kWarpKeys * kRowWarps;  ///< Of a team in one step.
  /// Whose scores a warp holds at a time: those of 64 keys would spill at width 128.
  static constexpr int kBlockKeys = kKeys < 32 ? kKeys : 32;

  using Queries = std::uint32_t[kWidth / 16][4];
  using ScoreBlock = float[kBlockKeys / 2];
  using Fragments = std::uint32_t[kBlockKeys / 16][4];
  using Outputs = float[kWidth / 2];
};

/// What the teams of a block have found, by team and row. Rows are padded so that the eight that a
/// warp writes at a time fall on different banks.
template <class K>
struct TeamResults {
  static constexpr int kApart = K::kWidth + 8;
  alignas(8) float outputs[K::kTeams * K::kRows][kApart];
  float log_sum_exps[K::kTeams * K::kRows];
};

template <class K>
struct Shared {
  union {
    Stages<K::kWidth> stages;
    TeamResults<K> results;
  };
  std::uint32_t arrived;
};

/// A warp's queries as the fragments of products, straight from memory: they are read once. Rows
/// behind the last are zeros.
template <class K>
__device__ __forceinline__ void load_queries(const Arguments& arguments, const Work& work,
                                             int first_row, int lane,
                                             typename K::Queries& queries) {
#pragma unroll
  for (int r = 0; r < 4; ++r) {
    const device::Position at = device::a_position(lane, r, 0, 2);
    const int row = first_row + at.row;
    const bool inside = row < work.rows.last;
    const std::int64_t place = inside ? place_of(arguments, work, row).row : 0;
    const auto* from = static_cast<const std::uint32_t*>(arguments.arrays.q) +
                       place * (K::kWidth / 2) + at.column / 2;
#pragma unroll
    for (int i = 0; i < K::kWidth / 16; ++i) queries[i][r] = inside ? from[8 * i] : 0;
  }
}

/// The scores of a block of keys, which begin at row `first` of a stage.
template <class K>
__device__ __forceinline__ void multiply_keys(const unsigned char* keys, int first, int lane,
                                              const typename K::Queries& queries,
                                              typename K::ScoreBlock& scores) {
#pragma unroll
  for (float& score : scores) score = 0;
#pragma unroll
  for (int i = 0; i < K::kWidth / 16; ++i) {
#pragma unroll
    for (int tile = 0; tile < K::kBlockKeys / 16; ++tile) {
      const int row = first + 16 * tile + lane / 16 * 8 + lane % 8;
      std::uint32_t columns[4];
      device::ldmatrix(columns, keys + Stages<K::kWidth>::place(row, 32 * i + lane / 8 % 2 * 16));
      multiply<typename K::Element>(scores, tile, queries[i], columns);
    }
  }
}

/// Adds exponentials times values.
template <class K>
__device__ __forceinline__ void multiply_values(const unsigned char* values, int first, int lane,
                                                const typename K::Fragments& exponentials,
                                                typename K::Outputs& outputs) {
#pragma unroll
  for (int i = 0; i < K::kBlockKeys / 16; ++i) {
    const int row = first + 16 * i + lane / 8 % 2 * 8 + lane % 8;
#pragma unroll
    for (int tile = 0; tile < K::kWidth / 16; ++tile) {
      std::uint32_t columns[4];
      device::ldmatrix<true>(columns,
                             values + Stages<K::kWidth>::place(row, 32 * tile + lane / 16 * 16));
      multiply<typename K::Element>(outputs, tile, exponentials[i], columns);
    }
  }
}

/// One warp's rows over its team's share of the block's keys. Leaves outputs that are divided by
/// their sums.
template <class K>
__device__ __forceinline__ void attend(Stages<K::kWidth>& stages, const Arguments& arguments,
                                       const Work& work, int warp, int lane,
                                       typename K::Outputs& outputs, Softmax& rows) {
  constexpr int kStages = Stages<K::kWidth>::kCount;
  const int team = warp / K::kRowWarps;
  const int first_row = work.rows.first + warp % K::kRowWarps * kWarpRows;
  Copies<K::kWidth> copies(stages, arguments, work, warp);
#pragma unroll
  for (int i = 0; i + 1 < kStages; ++i) copies.start_next();
  typename K::Queries queries;
  load_queries<K>(arguments, work, first_row, lane, queries);
  const VisibleColumns visible = visible_columns(arguments, first_row, lane);
  const int plain = visible_keys_of(arguments, first_row).last;  // every row attends to these
#pragma unroll
  for (float& output : outputs) output = 0;
  float factor[2];
  int stage = 0;
  for (int step = work.steps.first; step < work.steps.last; ++step) {
    device::copy_async_wait<kStages - 2>();
    // All copies of the team are there, and the stage before has been read.
    device::named_barrier_sync(1 + team, 32 * K::kRowWarps);
    copies.start_next();
#pragma unroll 1
    for (int block = 0; block < K::kKeys; block += K::kBlockKeys) {
      const int first = team * K::kKeys + block, key = step * kStepKeys + first;
      typename K::ScoreBlock scores;
      multiply_keys<K>(stages.keys[stage], first, lane, queries, scores);
      if (key + K::kBlockKeys > plain) hide(scores, visible, key);
      exponentiate(scores, rows, arguments.scale_log2, factor);
      scale_rows(outputs, factor);
      typename K::Fragments exponentials;
      pack<typename K::Element>(exponentials, scores);
      multiply_values<K>(stages.values[stage], first, lane, exponentials, outputs);
    }
    stage = next_stage(stage, kStages);
  }
  finish(rows, factor);
  scale_rows(outputs, factor);
}

template <class K>
__device__ __forceinline__ void write_results(TeamResults<K>& results, const Arguments& arguments,
                                              int warp, int lane,
                                              const typename K::Outputs& outputs,
                                              const Softmax& rows) {
#pragma unroll
  for (int i = 0; i < K::kWidth / 2; i += 2) {
    const device::Position at = device::accumulator_position(lane, i);
    *reinterpret_cast<Pair*>(&results.outputs[warp * kWarpRows + at.row][at.column]) = {
        outputs[i], outputs[i + 1]};
  }
  if (lane % 4 != 0) return;
#pragma unroll
  for (int row = 0; row < 2; ++row) {
    results.log_sum_exps[warp * kWarpRows + lane / 4 + 8 * row] =
        log_sum_exp(rows, row, arguments.scale);
  }
}

/// Whether this block is the last of its tile to arrive; what the others wrote before is then
/// visible to all of its threads.
template <class K>
__device__ __forceinline__ bool is_last(Shared<K>& shared, const Arguments& arguments,
                                        const Work& work) {
  std::uint32_t* arrivals = arguments.arrivals + work.tile;
  const auto others = static_cast<std::uint32_t>(arguments.splits) - 1;
  device::syncthreads();
  if (device::thread_index().x == 0) {
    shared.arrived = device::atomic_add_release(arrivals, 1);
    // Only for the last: to anyone else the count may be set back meanwhile.
    if (shared.arrived == others) device::load_acquire(arrivals);
  }
  device::syncthreads();
  return shared.arrived == others;
}

/// Calls `one` with the rows of the tile that a warp takes, counted from its first.
template <class Do>
__device__ __forceinline__ void for_rows(const Work& work, int warp, const Do& one) {
  for (int row = warp; row < work.rows.size(); row += kWarps) one(row);
}

template <class K>
__global__ void __launch_bounds__(kThreads, kBlocks)
    decode(const __grid_constant__ Arguments arguments) {
  constexpr int kWidth = K::kWidth;
  using Element = typename K::Element;
  static_assert(sizeof(Shared<K>) <= kMostShared);
  auto& shared = *static_cast<Shared<K>*>(device::dynamic_smem());
  const int warp = static_cast<int>(device::warp_index());
  const int lane = static_cast<int>(device::lane_index());
  const Work work = work_at(arguments, device::block_index().x, K::kRows);
  typename K::Outputs outputs;
  Softmax rows;
  attend<K>(shared.stages, arguments, work, warp, lane, outputs, rows);
  device::syncthreads();  // all stages are read: the results take their place
  write_results<K>(shared.results, arguments, warp, lane, outputs, rows);
  device::syncthreads();
  for_rows(work, warp, [&](int row) {
    using Results = TeamResults<K>;
    const auto combined =
        combine<kWidth>({shared.results.outputs[row], shared.results.log_sum_exps + row,
                         K::kRows * Results::kApart, K::kRows, K::kTeams},
                        lane);
    if (arguments.splits == 1) {
      store_row<Element>(arguments, work, work.rows.first + row, combined, lane);
    } else {
      PartialRow<kWidth>(arguments, work, work.split, row, K::kRows).store(combined, lane);
    }
  });
  if (arguments.splits == 1 || !is_last(shared, arguments, work)) return;
  for_rows(work, warp, [&](int row) {
    const PartialRow<kWidth> first(arguments, work, 0, row, K::kRows);
    const auto combined = combine<kWidth>(
        {&first.outputs->low, first.log_sum_exp, K::kRows * kWidth, K::kRows, arguments.splits},
        lane);
    store_row<Element>(arguments, work, work.rows.first + row, combined, lane);
  });
  if (device::thread_index().x == 0) arguments.arrivals[work.tile] = 0;  // for the next launch
}

}  // namespace assay::attention::sm80
