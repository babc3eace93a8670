// The blocks of the portable decode step: every key of every row once, each warp in one page.
#include <doctest/doctest.h>

#include <set>
#include <vector>

#include "kernels/attention/sm80/problem.h"
#include "tests/kernels/attention/draws.h"
#include "tests/kernels/attention/problems.h"
#include "tests/kernels/soak_count.h"

namespace assay::attention::sm80 {
namespace {

Problem drawn_problem(test::Draws& draw) {
  Problem problem;
  problem.batches = draw.between(1, 4);
  problem.key_heads = draw.between(1, 4);
  problem.query_heads = problem.key_heads * draw.between(1, 12);
  problem.queries = draw.between(1, 16);
  problem.keys = draw.between(problem.queries, 2000);
  problem.page = kWarpKeys * draw.between(1, 9);
  problem.mask.kind = draw.between(0, 1) == 0 ? Mask::Kind::full : Mask::Kind::causal;
  return problem;
}

/// How often the blocks of a tile take each of its keys, and that a warp never crosses a page.
std::vector<int> taken_keys(const Arguments& arguments, const Work& work, std::vector<int> taken) {
  std::vector<std::int32_t> table(static_cast<std::size_t>(arguments.pages_a_sequence));
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<std::int32_t>(i);
  for (int step = work.steps.first; step < work.steps.last; ++step) {
    for (int warp = 0; warp < kWarps; ++warp) {
      const Range keys = warp_keys(step, warp, arguments.scores.keys);
      PageWalk walk(table.data(), arguments.cache.page, keys);
      PageRun run;
      if (!walk.next(run)) continue;
      REQUIRE(run.keys == keys);
      REQUIRE_FALSE(walk.next(run));
      for (int key = keys.first; key < keys.last; ++key) ++taken[static_cast<std::size_t>(key)];
    }
  }
  return taken;
}

TEST_SUITE("unit") {
  TEST_CASE("one long sequence fills the blocks of every multiprocessor in a decode step") {
    const Problem one =
        test::problem("b1_hq64_hkv8_sq1_sk32768_d128_full_page16", Workload::decode);
    const Arguments long_one = arguments_of(one, kWarpRows, 132);
    CHECK(long_one.tiles() == 8);
    CHECK(long_one.blocks() > 0.85 * kBlocks * 132);
    CHECK(long_one.blocks() <= kBlocks * 132);
    const Problem many =
        test::problem("b32_hq64_hkv8_sq1_sk8192_d128_full_page16", Workload::decode);
    CHECK(arguments_of(many, kWarpRows, 132).splits == 1);
  }

  TEST_CASE("a decode step is refused in words where its pages or widths do not fit") {
    const auto refused = [](const char* shape) {
      return refusal(test::problem(shape, Workload::decode)).value_or("");
    };
    CHECK(refused("b1_hq8_hkv1_sq1_sk64_d128_full_page16").empty());
    CHECK(refused("b1_hq8_hkv1_sq1_sk64_d128_full_page24").find("16 keys") != std::string::npos);
    CHECK(refused("b1_hq8_hkv1_sq1_sk64_d96_full_page16").find("d 64") != std::string::npos);
    CHECK(refused("b1_hq8_hkv1_sq1_sk64_d128_dv64_full_page16").find("same dv") !=
          std::string::npos);
  }
}

TEST_SUITE("property") {
  TEST_CASE("the blocks of a decode step take every key of every row once") {
    for (int round = 0; round < test::soak_count(1000); ++round) {
      test::Draws draw(round, 241);
      const Problem problem = drawn_problem(draw);
      const int rows = PackedRows{problem.group()}.rows(problem.queries);
      const int tile_rows = kWarpRows * row_warps(rows);
      const Arguments arguments = arguments_of(problem, tile_rows, draw.between(1, 140));
      REQUIRE(arguments.splits <= arguments.steps);
      std::vector<std::vector<int>> taken(
          static_cast<std::size_t>(arguments.tiles()),
          std::vector<int>(static_cast<std::size_t>(problem.keys), 0));
      std::set<std::int64_t> parts, query_rows;
      for (std::int64_t block = 0; block < arguments.blocks(); ++block) {
        const Work work = work_at(arguments, block, tile_rows);
        REQUIRE_FALSE(work.steps.empty());
        REQUIRE(parts.insert(work.tile * arguments.splits + work.split).second);
        auto& keys = taken.at(static_cast<std::size_t>(work.tile));
        keys = taken_keys(arguments, work, keys);
        for (int row = work.rows.first; work.split == 0 && row < work.rows.last; ++row) {
          const RowPlace place = place_of(arguments, work, row);
          const int query = row / problem.group();
          const int head = work.key_head * problem.group() + row % problem.group();
          REQUIRE(place.row == problem.output_row(work.batch, query, head));
          REQUIRE(place.log_sum_exp == problem.log_sum_exp_place(work.batch, head, query));
          REQUIRE(query_rows.insert(place.row).second);
        }
      }
      REQUIRE(static_cast<std::int64_t>(query_rows.size()) == problem.output_rows());
      REQUIRE(*parts.rbegin() == arguments.blocks() - 1);
      for (const auto& keys : taken) {
        for (const int times : keys) REQUIRE(times == 1);
      }
    }
  }
}

}  // namespace
}  // namespace assay::attention::sm80
