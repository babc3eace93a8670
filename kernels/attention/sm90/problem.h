// What a launch of the Hopper forward kernel is told beside its tensor maps, and which work a block
// takes.
#pragma once

#include <cstdint>

#include "kernels/attention/problem.h"
#include "kernels/attention/tile_order.h"
#include "kernels/attention/tiles.h"

namespace assay::attention::sm90 {

struct Arguments {
  Scores scores;
  TileOrder order{1, 1, 1};
  int query_heads = 1;
  int group = 1;  ///< Query heads that share a key head.
  float scale = 1;
  float scale_log2 = 1;  ///< scale log2(e): exponentials are powers of two.
  float* log_sum_exp = nullptr;
};

/// A tile of queries of one head, and the blocks of keys that it attends to.
struct Work {
  Range queries;
  int batch;
  int head;
  TileSpan blocks;
};

constexpr Work work_at(const Arguments& arguments, std::int64_t i, int queries, int keys) {
  const QueryTile tile = arguments.order.at(i);
  const Range range = tile_range(tile.block, queries, arguments.scores.queries);
  return {range, static_cast<int>(tile.head / arguments.query_heads),
          static_cast<int>(tile.head % arguments.query_heads),
          key_tiles(arguments.scores, range, keys)};
}

}  // namespace assay::attention::sm90
