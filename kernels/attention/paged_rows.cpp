// Draws the pages of each sequence and puts its rows there.
#include "kernels/attention/paged_rows.h"

#include <algorithm>
#include <numeric>

#include "kernels/inputs.h"

namespace assay::attention {
namespace {

constexpr std::uint32_t kPages = 24;  // operand number of the generator; Q, K and V are 0, 1 and 2
constexpr float kUnused = 240;        // every type holds it
constexpr std::int64_t kSpare = 3;    // pages that no table names

std::int64_t used_pages(const Problem& problem) {
  return static_cast<std::int64_t>(problem.batches) * problem.pages_a_sequence();
}

}  // namespace

std::int64_t cache_pages(const Problem& problem) { return used_pages(problem) + kSpare; }

std::vector<std::int32_t> drawn_table(const Problem& problem, std::int64_t pages,
                                      std::uint64_t seed) {
  const auto wanted = static_cast<std::size_t>(used_pages(problem));
  std::vector<std::int32_t> table(static_cast<std::size_t>(pages));
  std::iota(table.begin(), table.end(), 0);
  for (std::size_t i = 0; i < wanted; ++i) {
    const std::uint64_t left = table.size() - i;
    std::swap(table[i], table[i + random_bits({seed, kPages, 0}, i) % left]);
  }
  table.resize(wanted);
  return table;
}

std::vector<float> paged_rows(const std::vector<float>& rows, int batches,
                              const std::vector<std::int32_t>& table, std::int64_t pages,
                              CacheLayout layout) {
  std::vector<float> cache(static_cast<std::size_t>(pages * layout.page_elements()), kUnused);
  const std::size_t row_count = rows.size() / static_cast<std::size_t>(layout.width);
  const auto keys = static_cast<int>(row_count / static_cast<std::size_t>(batches * layout.heads));
  const float* from = rows.data();
  const std::int32_t* sequence = table.data();
  for (int batch = 0; batch < batches; ++batch, sequence += pages_for(keys, layout.page)) {
    for (int key = 0; key < keys; ++key) {
      for (int head = 0; head < layout.heads; ++head, from += layout.width) {
        std::copy_n(
            from, layout.width,
            cache.data() + layout.row(sequence[key / layout.page], head, key % layout.page));
      }
    }
  }
  return cache;
}

}  // namespace assay::attention
