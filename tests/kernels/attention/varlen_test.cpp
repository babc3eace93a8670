// Packed sequences: each query tile once, longest sequences first, offsets that meet end to end.
#include "kernels/attention/varlen.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "kernels/attention/tiles.h"
#include "tests/kernels/attention/draws.h"
#include "tests/kernels/soak_count.h"

namespace assay::attention {
namespace {

/// Sequences of the lengths that a shape with `varlen` has, small enough to visit every pair.
Problem drawn_problem(test::Draws& draw) {
  Problem problem;
  problem.varlen = true;
  problem.batches = draw.between(1, 11);
  const Scores longest = draw.scores(40, 40);
  problem.queries = longest.queries;
  problem.keys = longest.keys;
  problem.mask = longest.mask;
  return problem;
}

/// How often each (query, key) pair of packed positions is computed, a row a query.
std::vector<int> visits_of(const Problem& problem, int tile_rows, int tile_keys) {
  const auto keys = static_cast<std::size_t>(problem.first_key(problem.batches));
  const auto queries = static_cast<std::size_t>(problem.first_query(problem.batches));
  std::vector<int> visits(queries * keys, 0);
  const VarlenPlan plan = varlen_plan(problem, tile_rows);
  const VarlenView view = plan.view();
  for (int i = 0; i < view.tiles(); ++i) {
    const SequenceTile tile = view.at(i);
    const Scores scores{view.queries(tile.sequence), view.keys(tile.sequence), problem.mask};
    const Range rows = tile_range(tile.block, tile_rows, scores.queries);
    const TileSpan blocks = key_tiles(scores, rows, tile_keys);
    for (int block = blocks.first; block < blocks.last; ++block) {
      const Range columns = tile_range(block, tile_keys, scores.keys);
      for (int query = rows.first; query < rows.last; ++query) {
        for (int key = columns.first; key < columns.last; ++key) {
          if (!blocks.is_plain(block) && !visible_keys(scores, query).has(key)) continue;
          const int row = view.query_begins[tile.sequence] + query;
          const int column = view.key_begins[tile.sequence] + key;
          ++visits[static_cast<std::size_t>(row) * keys + static_cast<std::size_t>(column)];
        }
      }
    }
  }
  return visits;
}

TEST_SUITE("property") {
  TEST_CASE("packed sequences visit every allowed pair once and none of another sequence") {
    for (int round = 0; round < test::soak_count(3000); ++round) {
      test::Draws draw(round, 242);
      const Problem problem = drawn_problem(draw);
      auto visits = visits_of(problem, draw.between(1, 50), draw.between(1, 50));
      const auto keys = static_cast<std::size_t>(problem.first_key(problem.batches));
      for (int batch = 0; batch < problem.batches; ++batch) {
        const Scores scores = problem.scores_of(batch);
        for (int query = 0; query < scores.queries; ++query) {
          for (int key = 0; key < scores.keys; ++key) {
            const auto row = static_cast<std::size_t>(problem.first_query(batch) + query);
            int& seen =
                visits[row * keys + static_cast<std::size_t>(problem.first_key(batch) + key)];
            REQUIRE(seen == (test::is_allowed(scores, query, key) ? 1 : 0));
            seen = 0;
          }
        }
      }
      REQUIRE(std::all_of(visits.begin(), visits.end(), [](int n) { return n == 0; }));
    }
  }

  TEST_CASE("packed sequences begin where the ones before them end") {
    for (int round = 0; round < test::soak_count(3000); ++round) {
      test::Draws draw(round, 243);
      const Problem problem = drawn_problem(draw);
      std::int64_t query = 0, key = 0;
      for (int batch = 0; batch < problem.batches; ++batch) {
        REQUIRE(problem.first_query(batch) == query);
        REQUIRE(problem.first_key(batch) == key);
        REQUIRE((problem.queries_of(batch) >= 1 && problem.queries_of(batch) <= problem.queries));
        REQUIRE((problem.keys_of(batch) >= 1 && problem.keys_of(batch) <= problem.keys));
        query += problem.queries_of(batch);
        key += problem.keys_of(batch);
      }
      REQUIRE(problem.queries_of(0) == problem.queries);
      REQUIRE(problem.first_query(problem.batches) == query);
      REQUIRE(problem.first_key(problem.batches) == key);
    }
  }

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
