// The walk over a paged cache: each key of a range once, at its page and slot.
#include "kernels/attention/page_table.h"

#include <doctest/doctest.h>

#include <set>
#include <vector>

#include "tests/kernels/attention/draws.h"
#include "tests/kernels/soak_count.h"

namespace assay::attention {
namespace {

TEST_SUITE("property") {
  TEST_CASE("a walk meets every key of a range once and where the table puts it") {
    for (int round = 0; round < test::soak_count(3000); ++round) {
      test::Draws draw(round, 231);
      const int page = draw.between(1, 40), keys = draw.between(1, 300);
      std::vector<std::int32_t> table;
      for (int i = 0; i < pages_for(keys, page); ++i) table.push_back(draw.between(0, 999));
      const int first = draw.between(0, keys), last = draw.between(first, keys);
      PageWalk walk(table.data(), page, {first, last});
      int next = first;
      PageRun run;
      while (walk.next(run)) {
        REQUIRE(run.keys.first == next);
        REQUIRE_FALSE(run.keys.empty());
        REQUIRE(run.slot + run.keys.size() <= page);
        for (int key = run.keys.first; key < run.keys.last; ++key) {
          REQUIRE(run.page_number == table[static_cast<std::size_t>(key / page)]);
          REQUIRE(run.slot + (key - run.keys.first) == key % page);
        }
        next = run.keys.last;
      }
      REQUIRE(next == last);
    }
  }

  TEST_CASE("no two rows of a cache overlap and a page is one stretch") {
    for (int round = 0; round < test::soak_count(200); ++round) {
      test::Draws draw(round, 232);
      const CacheLayout layout{draw.between(1, 20), draw.between(1, 6), 8 * draw.between(1, 4)};
      const int pages = draw.between(1, 5);
      std::set<std::int64_t> rows;
      for (int number = 0; number < pages; ++number) {
        for (int head = 0; head < layout.heads; ++head) {
          for (int slot = 0; slot < layout.page; ++slot) {
            rows.insert(layout.row(number, head, slot));
          }
        }
      }
      REQUIRE(static_cast<int>(rows.size()) == pages * layout.heads * layout.page);
      REQUIRE(*rows.rbegin() + layout.width == pages * layout.page_elements());
      std::int64_t place = 0;
      for (const std::int64_t row : rows) {
        REQUIRE(row == place);
        place += layout.width;
      }
      REQUIRE(layout.row(0, 0, layout.page - 1) == (layout.page - 1) * layout.width);
    }
  }
}

}  // namespace
}  // namespace assay::attention
