// What a forward kernel that takes tiles of queries is told beside its operands, and which work
// each of its tiles is.
#pragma once

#include <cstdint>

#include "kernels/attention/problem.h"
#include "kernels/attention/tile_order.h"
#include "kernels/attention/tiles.h"
#include "kernels/attention/varlen.h"

namespace assay::attention {

struct ForwardArguments {
  Scores scores;  ///< Of packed sequences, the mask alone counts.
  TileOrder order{1, 1, 1};
  int query_heads = 1;
  int group = 1;  ///< Query heads that share a key head.
  float scale = 1;
  float scale_log2 = 1;    ///< scale log2(e): exponentials are powers of two.
  std::int64_t tiles = 1;  ///< Of all heads.
  unsigned char* output = nullptr;
  float* log_sum_exp = nullptr;
  // Of packed sequences:
  VarlenView sequences;
  std::int64_t positions = 0;  ///< Queries of all sequences.
};

/// A tile of queries of one head, and the blocks of keys that it attends to.
struct ForwardWork {
  Range queries;
  int batch;  ///< Packed sequences are one.
  int head;
  TileSpan blocks;
  Scores scores;                       ///< Of the sequence.
  int first_query = 0, first_key = 0;  ///< Of the sequence, among those of its batch.
};

/// Tile `i`, of so many queries, with blocks of so many keys: longest first. Of packed sequences
/// the heads of a tile come one after the other.
template <bool kVarlen>
constexpr ForwardWork forward_work(const ForwardArguments& arguments, std::int64_t i, int queries,
                                   int keys) {
  if constexpr (kVarlen) {
    const VarlenView& sequences = arguments.sequences;
    const SequenceTile tile = sequences.at(static_cast<int>(i / arguments.query_heads));
    const Scores scores{sequences.queries(tile.sequence), sequences.keys(tile.sequence),
                        arguments.scores.mask};
    const Range range = tile_range(tile.block, queries, scores.queries);
    return {range,
            0,
            static_cast<int>(i % arguments.query_heads),
            key_tiles(scores, range, keys),
            scores,
            sequences.query_begins[tile.sequence],
            sequences.key_begins[tile.sequence]};
  } else {
    const QueryTile tile = arguments.order.at(i);
    const Range range = tile_range(tile.block, queries, arguments.scores.queries);
    return {range, static_cast<int>(tile.head / arguments.query_heads),
            static_cast<int>(tile.head % arguments.query_heads),
            key_tiles(arguments.scores, range, keys), arguments.scores};
  }
}

/// The place of the log-sum-exp of the first query of a sequence.
template <bool kVarlen>
constexpr std::int64_t first_log_sum_exp(const ForwardArguments& arguments,
                                         const ForwardWork& work) {
  const std::int64_t head = std::int64_t{work.batch} * arguments.query_heads + work.head;
  return kVarlen ? head * arguments.positions + work.first_query : head * work.scores.queries;
}

/// All but the pointers, for tiles of so many queries of elements with so many bytes.
inline ForwardArguments forward_arguments(const Problem& problem, int queries, int element_bytes) {
  const std::int64_t heads = std::int64_t{problem.batches} * problem.query_heads;
  const std::int64_t key_head_bytes =
      std::int64_t{element_bytes} * problem.keys * (problem.width + problem.value_width);
  ForwardArguments arguments;
  arguments.scores = problem.scores();
  arguments.order = TileOrder((problem.queries + queries - 1) / queries, heads,
                              section_heads(key_head_bytes, kSectionBytes, problem.group()));
  arguments.query_heads = problem.query_heads;
  arguments.group = problem.group();
  arguments.scale = static_cast<float>(problem.scale());
  arguments.scale_log2 = static_cast<float>(problem.scale() * 1.4426950408889634);
  arguments.tiles = arguments.order.count();
  if (problem.varlen) {
    arguments.positions = problem.first_query(problem.batches);
    arguments.tiles =
        std::int64_t{varlen_plan(problem, queries).view().tiles()} * problem.query_heads;
  }
  return arguments;
}

}  // namespace assay::attention
