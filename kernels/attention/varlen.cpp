// Prefix sums of lengths, and the sequences by falling length.
#include "kernels/attention/varlen.h"

#include <algorithm>
#include <numeric>

namespace assay::attention {
namespace {

void append_begins(std::span<const std::int32_t> lengths, std::vector<std::int32_t>& to) {
  to.push_back(0);
  for (const std::int32_t length : lengths) to.push_back(to.back() + length);
}

}  // namespace

VarlenPlan::VarlenPlan(std::span<const std::int32_t> queries, std::span<const std::int32_t> keys,
                       int tile_rows)
    : sequences_(static_cast<int>(queries.size())) {
  append_begins(queries, arrays_);
  append_begins(keys, arrays_);
  std::vector<std::int32_t> order(queries.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t one, std::int32_t other) {
    return keys[static_cast<std::size_t>(one)] > keys[static_cast<std::size_t>(other)];
  });
  arrays_.insert(arrays_.end(), order.begin(), order.end());
  std::int32_t tiles = 0;
  for (const std::int32_t sequence : order) {
    tiles += (queries[static_cast<std::size_t>(sequence)] + tile_rows - 1) / tile_rows;
    arrays_.push_back(tiles);
  }
}

VarlenPlan varlen_plan(const Problem& problem, int tile_rows) {
  std::vector<std::int32_t> queries, keys;
  for (int batch = 0; batch < problem.batches; ++batch) {
    queries.push_back(problem.queries_of(batch));
    keys.push_back(problem.keys_of(batch));
  }
  return VarlenPlan(queries, keys, tile_rows);
}

}  // namespace assay::attention
