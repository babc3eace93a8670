// The order of query tiles: each once, longest first, heads of a section together.
#include <doctest/doctest.h>

#include <limits>
#include <set>
#include <utility>

#include "kernels/attention/tile_order.h"
#include "kernels/attention/tiles.h"
#include "tests/kernels/attention/draws.h"
#include "tests/kernels/soak_count.h"

namespace assay::attention {
namespace {

TEST_SUITE("unit") {
  TEST_CASE("a section holds a power of two of key heads and every query head of each") {
    CHECK(section_heads(1 << 20, 32 << 20, 4) == 32 * 4);
    CHECK(section_heads((1 << 20) + 1, 32 << 20, 4) == 16 * 4);
    CHECK(section_heads(64 << 20, 32 << 20, 8) == 8);
  }
}

TEST_SUITE("property") {
  TEST_CASE("every tile comes once and in a section none before one that sees more keys") {
    for (int round = 0; round < test::soak_count(3000); ++round) {
      test::Draws draw(round, 211);
      const Scores scores = draw.scores(400, 400);
      const int tile = draw.between(1, 130);
      const int blocks = (scores.queries + tile - 1) / tile;
      const int heads = draw.between(1, 12), section = draw.between(1, 14);
      const TileOrder order(blocks, heads, section);
      REQUIRE(order.count() == blocks * heads);
      std::set<std::pair<int, std::int64_t>> seen;
      std::int64_t current = 0;
      int longest = std::numeric_limits<int>::max();
      for (std::int64_t i = 0; i < order.count(); ++i) {
        const QueryTile one = order.at(i);
        REQUIRE((one.block >= 0 && one.block < blocks && one.head >= 0 && one.head < heads));
        REQUIRE(seen.insert({one.block, one.head}).second);
        if (one.head / section != current) {
          REQUIRE(one.head / section == current + 1);
          ++current;
          longest = std::numeric_limits<int>::max();
        }
        const int last_query = tile_range(one.block, tile, scores.queries).last - 1;
        const int length = visible_keys(scores, last_query).size();
        REQUIRE(length <= longest);
        longest = length;
      }
    }
  }
}

}  // namespace
}  // namespace assay::attention
