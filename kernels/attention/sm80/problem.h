// The blocks of the decode kernel, which keys and rows each of them takes, what a launch is told,
// and which problems it refuses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kernels/attention/problem.h"
#include "kernels/attention/split_plan.h"
#include "kernels/attention/tiles.h"

namespace assay::attention::sm80 {

inline constexpr int kWarps = 4;
inline constexpr int kThreads = 32 * kWarps;
inline constexpr int kBlocks = 2;     ///< On a multiprocessor at once.
inline constexpr int kWarpRows = 16;  ///< Packed rows of a warp: the rows of mma.sync.
inline constexpr int kWarpKeys = 16;  ///< That a warp copies in a step: they lie in one page.
inline constexpr int kStepKeys = kWarps * kWarpKeys;  ///< Of a block.
/// The last block of a tile to finish reads the partial results of all.
inline constexpr int kMostSplits = 64;
inline constexpr int kMostShared = 99 * 1024;  ///< What a block has from compute capability 8.6 on.

/// Keys and values of a step, in 16 bits.
constexpr int stage_bytes(int width) { return kStepKeys * 2 * width * 2; }
constexpr int stages(int width) { return kMostShared / stage_bytes(width); }

/// Warps of a block that go over the same keys for different rows: one where its rows suffice, else
/// all. Such a team copies its keys for itself; teams go over different keys of the same step.
constexpr int row_warps(int rows) { return rows <= kWarpRows ? 1 : kWarps; }

/// The keys that a warp copies in a step, of all that there are; empty behind the last.
constexpr Range warp_keys(int step, int warp, int keys) {
  return tile_range(step * kWarps + warp, kWarpKeys, keys);
}

struct Arguments {
  Scores scores;
  CacheLayout cache;  ///< Of keys and of values alike.
  int pages_a_sequence = 1;
  PackedRows packed;
  int row_tiles = 1;       ///< Of a block's rows each.
  std::int64_t heads = 1;  ///< Sequences x key heads.
  int steps = 1;           ///< Over all keys.
  int splits = 1;
  float scale = 1;
  float scale_log2 = 1;  ///< scale log2(e): exponentials are powers of two.
  Pointers arrays;
  // With several splits, by tile, split and row:
  float* outputs = nullptr;
  float* log_sum_exps = nullptr;
  std::uint32_t* arrivals = nullptr;  ///< By tile; zero between launches.

  constexpr int rows() const { return packed.rows(scores.queries); }
  constexpr std::int64_t tiles() const { return heads * row_tiles; }
  constexpr std::int64_t blocks() const { return tiles() * splits; }
};

/// What one block does: a range of a tile's keys.
struct Work {
  int batch, key_head;
  std::int64_t tile;
  int split;
  Range rows;   ///< Packed.
  Range steps;  ///< Never empty.
};

/// Tiles of the same keys are neighbours, so that they find these in L2.
constexpr Work work_at(const Arguments& arguments, std::int64_t block, int tile_rows) {
  const int row_tile = static_cast<int>(block % arguments.row_tiles);
  const std::int64_t part = block / arguments.row_tiles;
  const int split = static_cast<int>(part % arguments.splits);
  const std::int64_t head = part / arguments.splits;
  return {static_cast<int>(head / arguments.cache.heads),
          static_cast<int>(head % arguments.cache.heads),
          head * arguments.row_tiles + row_tile,
          split,
          tile_range(row_tile, tile_rows, arguments.rows()),
          split_range(arguments.steps, arguments.splits, split)};
}

/// Places of a packed row's query and output among rows, and of its log-sum-exp.
struct RowPlace {
  std::int64_t row, log_sum_exp;
};
constexpr RowPlace place_of(const Arguments& arguments, const Work& work, int row) {
  const int query = arguments.packed.query(row);
  const int head = work.key_head * arguments.packed.heads + arguments.packed.head(row);
  const int heads = arguments.cache.heads * arguments.packed.heads;
  const int queries = arguments.scores.queries;
  return {(std::int64_t{work.batch} * queries + query) * heads + head,
          (std::int64_t{work.batch} * heads + head) * queries + query};
}

/// All but the pointers, for blocks of so many rows, `blocks` of them on a multiprocessor at once.
inline Arguments arguments_of(const Problem& problem, int tile_rows, int multiprocessors,
                              int blocks = kBlocks) {
  Arguments arguments;
  arguments.scores = problem.scores();
  arguments.cache = problem.key_cache();
  arguments.pages_a_sequence = problem.pages_a_sequence();
  arguments.packed = {problem.group()};
  arguments.row_tiles = (arguments.rows() + tile_rows - 1) / tile_rows;
  arguments.heads = std::int64_t{problem.batches} * problem.key_heads;
  arguments.steps = (problem.keys + kStepKeys - 1) / kStepKeys;
  arguments.splits =
      choose_splits({arguments.tiles(), arguments.steps, blocks * multiprocessors, kMostSplits});
  arguments.scale = static_cast<float>(problem.scale());
  arguments.scale_log2 = static_cast<float>(problem.scale() * 1.4426950408889634);
  return arguments;
}

inline std::optional<std::string> refusal(const Problem& problem) {
  if ((problem.width != 64 && problem.width != 128) || problem.value_width != problem.width) {
    return "takes d 64 or 128 with the same dv";
  }
  if (problem.page % kWarpKeys != 0) return "takes pages of a multiple of 16 keys";
  return std::nullopt;
}

}  // namespace assay::attention::sm80
