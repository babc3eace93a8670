// The tiles of the portable forward pass: budgets, every pair of a query and a key once, and rows
// in shared memory.
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "kernels/attention/forward_work.h"
#include "kernels/attention/sm80/forward_tile.h"
#include "kernels/attention/sm80/rows.h"
#include "tests/kernels/attention/draws.h"
#include "tests/kernels/attention/problems.h"
#include "tests/kernels/soak_count.h"

namespace assay::attention::sm80 {
namespace {

Problem drawn_problem(test::Draws& draw, const ForwardTile& tile) {
  Problem problem;
  problem.varlen = draw.between(0, 1) == 1;
  problem.batches = draw.between(1, 3);
  problem.key_heads = draw.between(1, 2);
  problem.query_heads = problem.key_heads * draw.between(1, 2);
  const Scores longest = draw.scores(300, 200);
  problem.queries = longest.queries;
  problem.keys = longest.keys;
  problem.mask = longest.mask;
  problem.width = tile.width;
  problem.value_width = tile.value_width;
  return problem;
}

/// By sequence, head, query and key.
using Visits = std::vector<std::vector<int>>;

/// Walks a tile's keys as the kernel does, and counts its rows of outputs and log-sum-exps.
void walk(const ForwardArguments& arguments, const Problem& problem, const ForwardTile& tile,
          const ForwardWork& work, std::int64_t first_place, Visits& visits,
          std::set<std::int64_t>& outputs, std::set<std::int64_t>& sums) {
  REQUIRE_FALSE(work.queries.empty());
  for (int query = work.queries.first; query < work.queries.last; ++query) {
    const std::int64_t position =
        std::int64_t{work.batch} * work.scores.queries + work.first_query + query;
    const std::int64_t row = position * arguments.query_heads + work.head;
    REQUIRE(outputs.insert(row).second);
    REQUIRE(sums.insert(first_place + query).second);
    std::vector<int>& of_row = visits.at(static_cast<std::size_t>(row));
    if (of_row.empty()) of_row.resize(static_cast<std::size_t>(work.scores.keys), 0);
    const Range seen = visible_keys(work.scores, query);
    for (int block = work.blocks.last - 1; block >= work.blocks.first; --block) {
      const Range keys = tile_range(block, tile.keys, work.scores.keys);
      const bool is_whole = keys.size() == tile.keys;
      REQUIRE((is_whole || !work.blocks.is_plain(block)));
      for (int key = keys.first; key < keys.last; ++key) {
        if (work.blocks.is_plain(block) || seen.has(key)) ++of_row[static_cast<std::size_t>(key)];
      }
    }
  }
  REQUIRE(work.scores.mask == problem.mask);
}

template <bool kVarlen>
void check_cover(const Problem& problem, const ForwardTile& tile) {
  ForwardArguments arguments = forward_arguments(problem, queries(tile), 2);
  const VarlenPlan plan = varlen_plan(problem, queries(tile));
  arguments.sequences = plan.view();
  Visits visits(static_cast<std::size_t>(problem.output_rows()));
  std::set<std::int64_t> outputs, sums;
  for (std::int64_t i = 0; i < arguments.tiles; ++i) {
    const ForwardWork work = forward_work<kVarlen>(arguments, i, queries(tile), tile.keys);
    walk(arguments, problem, tile, work, first_log_sum_exp<kVarlen>(arguments, work), visits,
         outputs, sums);
  }
  REQUIRE(static_cast<std::int64_t>(outputs.size()) == problem.output_rows());
  REQUIRE(*sums.rbegin() == problem.output_rows() - 1);
  for (int batch = 0; batch < problem.batches; ++batch) {
    const Scores scores = problem.scores_of(batch);
    for (int head = 0; head < problem.query_heads; ++head) {
      for (int query = 0; query < scores.queries; ++query) {
        const auto row = static_cast<std::size_t>(problem.output_row(batch, query, head));
        REQUIRE(static_cast<int>(visits[row].size()) == scores.keys);
        REQUIRE(sums.count(problem.log_sum_exp_place(batch, head, query)) == 1);
        int wrong = 0;
        for (int key = 0; key < scores.keys; ++key) {
          const int times = visits[row][static_cast<std::size_t>(key)];
          wrong += times == (test::is_allowed(scores, query, key) ? 1 : 0) ? 0 : 1;
        }
        REQUIRE(wrong == 0);
      }
    }
  }
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every listed tile of the portable forward pass keeps its budgets") {
    for (const ForwardTile& tile : kForwardTiles) {
      CHECK(tile_fault(tile) == nullptr);
      CHECK(shared_bytes(tile) <= 99 * 1024);
    }
  }

  TEST_CASE("a portable tile that breaks a budget is named") {
    const auto fault = [](const ForwardTile& tile) {
      const char* words = tile_fault(tile);
      return std::string(words == nullptr ? "" : words);
    };
    CHECK(fault({256, 256, 64, 8, 1, 2, 1, true}).find("shared memory") != std::string::npos);
    CHECK(fault({128, 128, 96, 4, 2, 3, 2, false}).find("shared memory") != std::string::npos);
    CHECK(fault({128, 128, 64, 4, 2, 3, 2, true}).find("registers") != std::string::npos);
    CHECK(fault({64, 64, 64, 4, 1, 3, 2, true}).find("packed") != std::string::npos);
    CHECK(fault({80, 80, 64, 4, 2, 3, 2, true}).find("64 elements") != std::string::npos);
    CHECK(fault({64, 128, 64, 4, 2, 3, 2, true}).find("take the place") != std::string::npos);
    CHECK(fault({64, 64, 48, 8, 1, 3, 2, true}).find("16 keys") != std::string::npos);
    CHECK(fault({64, 64, 64, 4, 2, 1, 2, true}).find("slot") != std::string::npos);
  }

  TEST_CASE("a problem gets the portable tile of its widths or is refused in words") {
    const auto refused = [](const char* shape) {
      return forward_refusal(test::problem(shape)).value_or("");
    };
    CHECK(kForwardTiles[forward_tile_for(test::problem("b1_hq1_hkv1_sq64_sk64_d192_dv128_full"))]
              .width == 192);
    CHECK(refused("b1_hq1_hkv1_sq64_sk64_d256_causal").empty());
    CHECK(refused("b1_hq1_hkv1_sq64_sk64_d64_w8").empty());
    CHECK(refused("b1_hq1_hkv1_sq64_sk64_d80_full").find("d 64") != std::string::npos);
    CHECK(refused("b1_hq1_hkv1_sq64_sk64_d128_dv64_full").find("same dv") != std::string::npos);
  }

  TEST_CASE("the threads of a block copy every piece of a tile once") {
    for (const ForwardTile& tile : kForwardTiles) {
      for (const int width : {tile.width, tile.value_width}) {
        std::set<int> places;
        for (int thread = 0; thread < threads(tile); ++thread) {
          const CopyShare share = copy_share(thread, threads(tile));
          for (int row = share.first_row; row < tile.keys; row += share.rows_apart) {
            for (int byte = share.first_byte; byte < 2 * width; byte += 128) {
              REQUIRE(places.insert(row_place(2 * width, row, byte)).second);
            }
          }
        }
        CHECK(static_cast<int>(places.size()) == tile.keys * width / 8);
        CHECK(*places.begin() == 0);
        CHECK(*places.rbegin() == tile.keys * 2 * width - 16);
      }
    }
  }

  TEST_CASE("the pieces that ldmatrix reads at a time fall on different banks") {
    for (const int row_bytes : {128, 256, 384, 512}) {
      for (int byte = 0; byte < row_bytes; byte += 16) {
        std::set<int> banks;
        for (int row = 0; row < 8; ++row) banks.insert(row_place(row_bytes, row, byte) / 16 % 8);
        REQUIRE(banks.size() == 8);
      }
    }
  }
}

TEST_SUITE("property") {
  TEST_CASE("the tiles of the portable forward pass meet every allowed pair once and no other") {
    for (int round = 0; round < test::soak_count(200); ++round) {
      test::Draws draw(round, 251);
      const ForwardTile& tile = kForwardTiles[draw.between(0, kForwardTileCount - 1)];
      const Problem problem = drawn_problem(draw, tile);
      problem.varlen ? check_cover<true>(problem, tile) : check_cover<false>(problem, tile);
    }
  }
}

}  // namespace assay::attention::sm80
