// A cache as the arrays of a group have it: pages in a drawn order, some of which no table names.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/attention/problem.h"

namespace assay::attention {

/// Pages of the cache of a paged problem.
std::int64_t cache_pages(const Problem& problem);

/// Of all sequences, one after the other: which of the cache's pages hold their keys.
std::vector<std::int32_t> drawn_table(const Problem& problem, std::int64_t pages,
                                      std::uint64_t seed);

/// `rows` of [batch, key, key head] in the pages that the table names. Slots without a key hold
/// 240, so that an answer that reads them is visibly wrong.
std::vector<float> paged_rows(const std::vector<float>& rows, int batches,
                              const std::vector<std::int32_t>& table, std::int64_t pages,
                              CacheLayout layout);

}  // namespace assay::attention
