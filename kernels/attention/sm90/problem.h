// What a launch of the Hopper forward kernel is told beside its tensor maps, and which work a block
// takes.
#pragma once

#include <cstdint>

#include "kernels/attention/fp8.h"
#include "kernels/attention/problem.h"
#include "kernels/attention/tile_order.h"
#include "kernels/attention/tiles.h"
#include "kernels/attention/varlen.h"

namespace assay::attention::sm90 {

struct Arguments {
  Scores scores;  ///< Of packed sequences, the mask alone counts.
  TileOrder order{1, 1, 1};
  int query_heads = 1;
  int group = 1;  ///< Query heads that share a key head.
  float scale = 1;
  float scale_log2 = 1;  ///< scale log2(e): exponentials are powers of two.
  float* log_sum_exp = nullptr;
  // Of packed sequences:
  VarlenView sequences;
  std::int64_t tiles = 0;      ///< Of queries, of one head.
  std::int64_t positions = 0;  ///< Queries of all sequences.
  unsigned char* output = nullptr;
  // Of fp8:
  HeadScales scales;
};

/// What the scores and outputs of a head are multiplied by.
struct HeadFactors {
  float score;       ///< In natural units.
  float score_log2;  ///< In powers of two.
  float output;
};

/// A tile of queries of one head, and the blocks of keys that it attends to.
struct Work {
  Range queries;
  int batch;  ///< As tensor maps count: packed sequences are one.
  int head;
  TileSpan blocks;
  Scores scores;                       ///< Of the sequence.
  int first_query = 0, first_key = 0;  ///< Of the sequence, among those of its batch.
};

constexpr Work work_at(const Arguments& arguments, std::int64_t i, int queries, int keys) {
  const QueryTile tile = arguments.order.at(i);
  const Range range = tile_range(tile.block, queries, arguments.scores.queries);
  return {range, static_cast<int>(tile.head / arguments.query_heads),
          static_cast<int>(tile.head % arguments.query_heads),
          key_tiles(arguments.scores, range, keys), arguments.scores};
}

/// The same of packed sequences: the heads of a tile come one after the other.
constexpr Work varlen_work_at(const Arguments& arguments, std::int64_t i, int queries, int keys) {
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
}

template <bool kIsFp8>
constexpr HeadFactors factors_of(const Arguments& arguments, const Work& work) {
  if constexpr (kIsFp8) {
    const HeadScales& scales = arguments.scales;
    const int key_head = work.head / arguments.group;
    const float both = scales.q(work.batch, work.head) * scales.k(work.batch, key_head);
    return {arguments.scale * both, arguments.scale_log2 * both, scales.v(work.batch, key_head)};
  } else {
    return {arguments.scale, arguments.scale_log2, 1};
  }
}

}  // namespace assay::attention::sm90
