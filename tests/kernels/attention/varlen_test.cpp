// Packed sequences: each query tile once, longest sequences first, offsets that meet end to end.
#include "kernels/attention/varlen.h"

#include <doctest/doctest.h>

#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "tests/kernels/attention/draws.h"
#include "tests/kernels/soak_count.h"

namespace assay::attention {
namespace {

TEST_SUITE("property") {
  TEST_CASE("every query of every sequence is in one tile and long sequences come first") {
    for (int round = 0; round < test::soak_count(3000); ++round) {
      test::Draws draw(round, 241);
      const int sequences = draw.between(1, 12), rows = draw.between(1, 70);
      std::vector<std::int32_t> queries, keys;
      for (int s = 0; s < sequences; ++s) {
        queries.push_back(draw.between(0, 3) == 0 ? 0 : draw.between(0, 300));
        keys.push_back(draw.between(0, 300));
      }
      const VarlenPlan plan(queries, keys, rows);
      const VarlenView view = plan.view();
      std::int32_t query_begin = 0, key_begin = 0, tiles = 0;
      for (int s = 0; s < sequences; ++s) {
        const auto index = static_cast<std::size_t>(s);
        REQUIRE(view.query_begins[s] == query_begin);
        REQUIRE(view.key_begins[s] == key_begin);
        REQUIRE(view.queries(s) == queries[index]);
        REQUIRE(view.keys(s) == keys[index]);
        query_begin += queries[index];
        key_begin += keys[index];
        tiles += (queries[index] + rows - 1) / rows;
      }
      REQUIRE(view.tiles() == tiles);
      std::set<std::pair<int, int>> seen;
      int longest = std::numeric_limits<int>::max(), last_sequence = -1, last_block = 0;
      for (int i = 0; i < tiles; ++i) {
        const SequenceTile tile = view.at(i);
        REQUIRE((tile.sequence >= 0 && tile.sequence < sequences && tile.block >= 0));
        REQUIRE(tile.block * rows < view.queries(tile.sequence));
        REQUIRE(seen.insert({tile.sequence, tile.block}).second);
        REQUIRE(view.keys(tile.sequence) <= longest);
        if (tile.sequence == last_sequence) REQUIRE(tile.block < last_block);
        longest = view.keys(tile.sequence);
        last_sequence = tile.sequence;
        last_block = tile.block;
      }
    }
  }
}

}  // namespace
}  // namespace assay::attention
