// Which tiles of keys a tile of queries meets, and which of them need no mask; and the reverse for
// the backward pass.
#pragma once

#include "kernels/attention/mask.h"

namespace assay::attention {

/// Tiles first <= t < last, walked as three loops: those before plain_first and those from
/// plain_last on need the mask, those between hold only pairs that it allows.
struct TileSpan {
  int first = 0, plain_first = 0, plain_last = 0, last = 0;

  constexpr int count() const { return last - first; }
  constexpr bool is_plain(int tile) const { return plain_first <= tile && tile < plain_last; }
};

/// From what the first and the last row of a tile see, for ends that never fall between them.
constexpr TileSpan span_of(Range first_row, Range last_row, int tile) {
  const Range any{first_row.first, last_row.last}, all{last_row.first, first_row.last};
  if (any.empty()) return {};
  TileSpan span{any.first / tile, (all.first + tile - 1) / tile, all.last / tile,
                (any.last + tile - 1) / tile};
  if (span.plain_last <= span.plain_first) span.plain_first = span.plain_last = span.first;
  return span;
}

/// The tiles of `tile` keys that the queries of a range, which is not empty, attend to. A last tile
/// that ends past the keys counts as masked.
constexpr TileSpan key_tiles(const Scores& scores, Range queries, int tile) {
  return span_of(visible_keys(scores, queries.first), visible_keys(scores, queries.last - 1), tile);
}

/// The tiles of `tile` queries that attend to the keys of a range, which is not empty.
constexpr TileSpan query_tiles(const Scores& scores, Range keys, int tile) {
  return span_of(visible_queries(scores, keys.first), visible_queries(scores, keys.last - 1), tile);
}

/// The query heads that share a key head, packed into the rows of one tile: row r is query
/// r / heads of head r % heads. Few queries then still fill a tile.
struct PackedRows {
  int heads = 1;

  constexpr int query(int row) const { return row / heads; }
  constexpr int head(int row) const { return row % heads; }
  constexpr int rows(int queries) const { return queries * heads; }
  constexpr Range queries(Range rows) const {
    return {rows.first / heads, (rows.last + heads - 1) / heads};
  }
};

/// Tile `index` of `total` rows or keys.
constexpr Range tile_range(int index, int tile, int total) {
  const int first = index * tile;
  return {first, total - first < tile ? total : first + tile};
}

}  // namespace assay::attention
