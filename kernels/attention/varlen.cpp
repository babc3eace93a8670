// Prefix sums of lengths, and the sequences by falling length.
#include "kernels/attention/varlen.h"

#include <algorithm>
#include <numeric>

namespace assay::attention {
namespace {

std::vector<std::int32_t> begins_of(std::span<const std::int32_t> lengths) {
  std::vector<std::int32_t> begins(lengths.size() + 1, 0);
  std::partial_sum(lengths.begin(), lengths.end(), begins.begin() + 1);
  return begins;
}

}  // namespace

VarlenPlan::VarlenPlan(std::span<const std::int32_t> queries, std::span<const std::int32_t> keys,
                       int tile_rows)
    : query_begins_(begins_of(queries)), key_begins_(begins_of(keys)), order_(queries.size()) {
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(), [&](std::int32_t one, std::int32_t other) {
    return keys[static_cast<std::size_t>(one)] > keys[static_cast<std::size_t>(other)];
  });
  std::int32_t tiles = 0;
  for (const std::int32_t sequence : order_) {
    tiles += (queries[static_cast<std::size_t>(sequence)] + tile_rows - 1) / tile_rows;
    tile_ends_.push_back(tiles);
  }
}

}  // namespace assay::attention
