// Split plans: every key in one part, few splits, and enough of them to fill the processors.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "kernels/attention/split_plan.h"
#include "kernels/attention/tiles.h"
#include "tests/kernels/attention/draws.h"
#include "tests/kernels/soak_count.h"

namespace assay::attention {
namespace {

TEST_SUITE("unit") {
  TEST_CASE("one long sequence is split over all multiprocessors and a full grid is not split") {
    // 8 key heads of 32768 keys in blocks of 128, on 132 multiprocessors.
    const int splits = choose_splits({8, 256, 132, 128});
    CHECK(splits == 15);  // 16 reach 0.97, and 15 are within 85 % of that
    CHECK(wave_efficiency({8, 256, 132, 128}, splits) > 0.86);
    CHECK(choose_splits({132, 256, 132, 128}) == 1);
    CHECK(choose_splits({120, 256, 132, 128}) == 1);
  }

  TEST_CASE("few blocks are never split") { CHECK(choose_splits({1, 4, 132, 128}) == 1); }
}

TEST_SUITE("property") {
  TEST_CASE("a plan reaches most of the best efficiency and fewer splits do not") {
    for (int round = 0; round < test::soak_count(3000); ++round) {
      test::Draws draw(round, 221);
      const SplitProblem problem{draw.between(1, 300), draw.between(1, 200), draw.between(1, 140),
                                 draw.between(1, 128)};
      const int splits = choose_splits(problem);
      REQUIRE((splits >= 1 && splits <= problem.most_splits && splits <= problem.blocks));
      if (problem.blocks <= 4) continue;
      double best = 0, best_of_fewer = 0;
      for (int other = 1; other <= std::min(problem.most_splits, problem.blocks); ++other) {
        const double efficiency = wave_efficiency(problem, other);
        REQUIRE((efficiency > 0 && efficiency <= 1));
        best = std::max(best, efficiency);
        if (other < splits) best_of_fewer = std::max(best_of_fewer, efficiency);
      }
      REQUIRE(wave_efficiency(problem, splits) >= 0.85 * best);
      REQUIRE(best_of_fewer < 0.85 * best);
    }
  }

  TEST_CASE("the parts of a split meet every pair that the mask allows once") {
    for (int round = 0; round < test::soak_count(3000); ++round) {
      test::Draws draw(round, 222);
      const Scores scores = draw.scores(16, 300);
      const int tile_keys = draw.between(1, 40);
      const TileSpan span = key_tiles(scores, {0, scores.queries}, tile_keys);
      if (span.count() == 0) continue;
      const int splits = draw.between(1, span.count());
      std::vector<int> met(static_cast<std::size_t>(scores.keys), 0);
      for (int part = 0; part < splits; ++part) {
        const Range blocks = split_range(span.count(), splits, part);
        REQUIRE_FALSE(blocks.empty());
        for (int block = blocks.first; block < blocks.last; ++block) {
          const Range keys = tile_range(span.first + block, tile_keys, scores.keys);
          for (int key = keys.first; key < keys.last; ++key) ++met[static_cast<std::size_t>(key)];
        }
      }
      for (int key = 0; key < scores.keys; ++key) {
        const bool wanted = !visible_queries(scores, key).empty();
        const int times = met[static_cast<std::size_t>(key)];
        REQUIRE((wanted ? times == 1 : times <= 1));
      }
    }
  }
}

}  // namespace
}  // namespace assay::attention
