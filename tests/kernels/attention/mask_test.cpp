// Masks and tile spans: every pair that the mask allows is met exactly once and no other.
#include "kernels/attention/mask.h"

#include <doctest/doctest.h>

#include <vector>

#include "kernels/attention/tiles.h"
#include "tests/kernels/attention/draws.h"
#include "tests/kernels/soak_count.h"

namespace assay::attention {
namespace {

using test::Draws;
using test::is_allowed;

constexpr int kRounds = 3000;

/// How often each pair of one head was met, query by query.
class Met {
 public:
  explicit Met(const Scores& scores)
      : scores_(scores), counts_(static_cast<std::size_t>(scores.queries * scores.keys), 0) {}

  void add(int query, int key) {
    REQUIRE(query < scores_.queries);
    REQUIRE(key < scores_.keys);
    ++counts_[static_cast<std::size_t>(query * scores_.keys + key)];
  }

  /// Allowed pairs met `times`, forbidden ones never.
  bool exactly(int times) const {
    for (int query = 0; query < scores_.queries; ++query) {
      for (int key = 0; key < scores_.keys; ++key) {
        const int wanted = is_allowed(scores_, query, key) ? times : 0;
        if (counts_[static_cast<std::size_t>(query * scores_.keys + key)] != wanted) return false;
      }
    }
    return true;
  }

 private:
  Scores scores_;
  std::vector<int> counts_;
};

/// Walks the keys of a tile of packed rows as a kernel would.
void meet_keys(const Scores& scores, PackedRows packed, Range rows, int tile_keys, Met& met) {
  const TileSpan span = key_tiles(scores, packed.queries(rows), tile_keys);
  for (int tile = span.first; tile < span.last; ++tile) {
    const Range keys{tile * tile_keys, (tile + 1) * tile_keys};
    bool useful = false, whole = true;
    for (int row = rows.first; row < rows.last; ++row) {
      const Range seen = visible_keys(scores, packed.query(row));
      for (int key = keys.first; key < keys.last; ++key) {
        useful = useful || seen.has(key);
        whole = whole && seen.has(key);
        if (span.is_plain(tile) || seen.has(key)) met.add(packed.query(row), key);
      }
    }
    REQUIRE(useful);
    REQUIRE(whole == span.is_plain(tile));
  }
}

TEST_SUITE("unit") {
  TEST_CASE("causal is aligned at the last query and the last key") {
    constexpr Scores more_keys{2, 5, {Mask::Kind::causal}},
        more_queries{5, 2, {Mask::Kind::causal}};
    static_assert(visible_keys(more_keys, 0) == Range{0, 4});
    static_assert(visible_keys(more_keys, 1) == Range{0, 5});
    static_assert(visible_keys(more_queries, 2).empty());
    static_assert(visible_keys(more_queries, 3) == Range{0, 1});
    static_assert(visible_keys(more_queries, 4) == Range{0, 2});
  }

  TEST_CASE("a window of one key is the query itself") {
    constexpr Scores scores{4, 4, {Mask::Kind::window, 1}};
    for (int i = 0; i < 4; ++i) CHECK(visible_keys(scores, i) == Range{i, i + 1});
  }

  TEST_CASE("a causal tile splits into plain tiles and masked ones at the diagonal") {
    constexpr TileSpan span = key_tiles({256, 256, {Mask::Kind::causal}}, {128, 256}, 64);
    static_assert(span.first == 0 && span.plain_first == 0 && span.plain_last == 2 &&
                  span.last == 4);
  }
}

TEST_SUITE("property") {
  TEST_CASE("a query sees the keys that the mask allows and the reverse") {
    for (int round = 0; round < test::soak_count(kRounds); ++round) {
      Draws draw(round, 201);
      const Scores scores = draw.scores(40, 40);
      for (int query = 0; query < scores.queries; ++query) {
        for (int key = 0; key < scores.keys; ++key) {
          const bool allowed = is_allowed(scores, query, key);
          REQUIRE(visible_keys(scores, query).has(key) == allowed);
          REQUIRE(visible_queries(scores, key).has(query) == allowed);
          for (const int first : {0, key / 2, key}) {
            REQUIRE(visible_from(scores, query, first).has(key - first) == allowed);
          }
        }
      }
    }
  }

  TEST_CASE("tiles of packed rows meet every allowed pair once for each head and no other") {
    for (int round = 0; round < test::soak_count(kRounds); ++round) {
      Draws draw(round, 202);
      const Scores scores = draw.scores(40, 60);
      const PackedRows packed{draw.between(1, 9)};
      const int tile_rows = draw.between(1, 70), tile_keys = draw.between(1, 40);
      Met met(scores);
      const int rows = packed.rows(scores.queries);
      for (int tile = 0; tile * tile_rows < rows; ++tile) {
        meet_keys(scores, packed, tile_range(tile, tile_rows, rows), tile_keys, met);
      }
      REQUIRE(met.exactly(packed.heads));
    }
  }

  TEST_CASE("tiles of keys meet every query that attends to them once and no other") {
    for (int round = 0; round < test::soak_count(kRounds); ++round) {
      Draws draw(round, 203);
      const Scores scores = draw.scores(60, 60);
      const int tile_keys = draw.between(1, 40), tile_queries = draw.between(1, 40);
      Met met(scores);
      for (int tile = 0; tile * tile_keys < scores.keys; ++tile) {
        const Range keys = tile_range(tile, tile_keys, scores.keys);
        const TileSpan span = query_tiles(scores, keys, tile_queries);
        for (int block = span.first; block < span.last; ++block) {
          for (int query = block * tile_queries; query < (block + 1) * tile_queries; ++query) {
            for (int key = keys.first; key < keys.last; ++key) {
              const bool seen = visible_queries(scores, key).has(query);
              if (span.is_plain(block) || seen) met.add(query, key);
            }
          }
        }
      }
      REQUIRE(met.exactly(1));
    }
  }
}

}  // namespace
}  // namespace assay::attention
