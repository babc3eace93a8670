// The arguments of a launch of the Hopper backward kernel except its tensor maps, which work a
// block takes, and how its workspace is laid out.
#pragma once

#include <cstdint>

#include "kernels/attention/problem.h"
#include "kernels/attention/tile_order.h"
#include "kernels/attention/tiles.h"

namespace assay::attention::sm90 {

inline constexpr int kBackwardQueries = 64;  ///< Of a step.
inline constexpr int kBackwardKeys = 128;    ///< Of a block of keys: 64 for each consumer.

/// Rows of the log-sum-exps and sums of a head: whole steps, so that a bulk copy brings one.
constexpr int padded_queries(int queries) {
  return (queries + kBackwardQueries - 1) / kBackwardQueries * kBackwardQueries;
}

struct BackwardArguments {
  Scores scores;
  TileOrder order{1, 1, 1};  ///< Of blocks of keys, the last of a head first.
  int key_heads = 1;
  int group = 1;  ///< Query heads that share a key head.
  float scale = 1;
  float scale_log2 = 1;  ///< scale log2(e): probabilities are powers of two.
  /// [b, hq, padded_queries], the first in units of log2.
  const float* log_sum_exp = nullptr;
  const float* output_sum = nullptr;  ///< Of O dO.
  /// [b, hq, steps]: additions to dQ that are complete, of a kernel that orders them.
  std::uint32_t* additions = nullptr;

  constexpr int query_heads() const { return key_heads * group; }
};

/// A block of keys of one head, and the blocks of queries that attend to it.
struct KeyWork {
  int block;
  int first_key;
  int batch;
  int key_head;
  TileSpan steps;  ///< Of each query head. With keys past the last, none is plain.
};

/// Under a causal mask earlier keys have more queries, so they come first. A kernel that orders its
/// additions takes the later first: they are the first to reach their first queries.
constexpr KeyWork key_work_at(const BackwardArguments& arguments, std::int64_t i, bool is_ordered) {
  const QueryTile tile = arguments.order.at(i);
  const int blocks = (arguments.scores.keys + kBackwardKeys - 1) / kBackwardKeys;
  const int block = is_ordered ? tile.block : blocks - 1 - tile.block;
  const Range keys = tile_range(block, kBackwardKeys, arguments.scores.keys);
  TileSpan steps = query_tiles(arguments.scores, keys, kBackwardQueries);
  if (keys.size() < kBackwardKeys) steps.plain_first = steps.plain_last = steps.first;
  return {block, keys.first, static_cast<int>(tile.head / arguments.key_heads),
          static_cast<int>(tile.head % arguments.key_heads), steps};
}

/// How many blocks of keys add to dQ of a step before this one does.
constexpr int addition_turn(const Scores& scores, int key_block, int step) {
  const Range queries = tile_range(step, kBackwardQueries, scores.queries);
  return key_tiles(scores, queries, kBackwardKeys).last - 1 - key_block;
}

/// Offsets in bytes, all but the last multiples of 256.
struct BackwardScratch {
  std::size_t query_gradients = 0, log_sum_exp, output_sum, additions, bytes;

  explicit BackwardScratch(const Problem& problem) {
    const std::size_t padded =
        element_count(static_cast<std::int64_t>(problem.batches) * problem.query_heads,
                      padded_queries(problem.queries)) *
        sizeof(float);
    log_sum_exp = element_count(problem.output_rows(), problem.width) * sizeof(float);
    output_sum = log_sum_exp + padded;
    additions = output_sum + padded;
    bytes = additions + padded / kBackwardQueries;
  }
};

}  // namespace assay::attention::sm90
