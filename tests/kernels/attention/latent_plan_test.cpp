// The boxes and blocks of the Hopper decode step of latent attention: every key of every row once.
#include <doctest/doctest.h>

#include <numeric>
#include <set>
#include <vector>

#include "kernels/attention/sm90/latent_problem.h"
#include "tests/kernels/attention/draws.h"
#include "tests/kernels/attention/problems.h"
#include "tests/kernels/soak_count.h"

namespace assay::attention::sm90 {
namespace {

TEST_SUITE("unit") {
  TEST_CASE("a latent decode step is refused in words where its keys or pages do not fit") {
    const auto refused = [](const char* shape) {
      return latent_refusal(test::problem(shape, Workload::decode)).value_or("");
    };
    CHECK(refused("b1_hq8_hkv1_sq1_sk64_d576_dv512_full_page16_latent").empty());
    CHECK(refused("b1_hq8_hkv1_sq1_sk64_d576_dv512_full_page128_latent").empty());
    for (const char* shape : {"b1_hq8_hkv1_sq1_sk64_d576_dv512_full_page16",
                              "b1_hq8_hkv2_sq1_sk64_d576_dv512_full_page16_latent",
                              "b1_hq8_hkv1_sq1_sk64_d576_dv448_full_page16_latent"}) {
      CHECK(refused(shape).find("d 576") != std::string::npos);
    }
    for (const char* shape : {"b1_hq8_hkv1_sq1_sk64_d576_dv512_full_page48_latent",
                              "b1_hq8_hkv1_sq1_sk64_d576_dv512_full_page8_latent"}) {
      CHECK(refused(shape).find("pages of 16") != std::string::npos);
    }
  }

  TEST_CASE("the heads of one latent sequence fill the multiprocessors once") {
    const Problem one =
        test::problem("b1_hq128_hkv1_sq1_sk32768_d576_dv512_full_page64_latent", Workload::decode);
    const sm80::Arguments arguments = latent_arguments(one, 132);
    CHECK(arguments.tiles() == 2);
    CHECK(arguments.blocks() > 0.85 * 128);
    CHECK(arguments.blocks() <= 132);
  }

  TEST_CASE("two tiles of the same keys share a cluster whose blocks bring each box once") {
    const auto cluster = [](const char* shape) {
      return latent_cluster(latent_arguments(test::problem(shape, Workload::decode), 132));
    };
    CHECK(cluster("b3_hq64_hkv1_sq1_sk900_d576_dv512_full_page64_latent") == 1);
    CHECK(cluster("b3_hq128_hkv1_sq1_sk900_d576_dv512_full_page64_latent") == 2);
    CHECK(cluster("b3_hq65_hkv1_sq2_sk900_d576_dv512_full_page64_latent") == 1);
    for (const int count : {1, 2}) {
      std::set<std::pair<int, int>> brought;  // along keys, along the width
      for (int rank = 0; rank < count; ++rank) {
        for (int box = 0; box < kMostLatentBoxes; ++box) {
          for (int i = first_columns(rank, box, count); i < kLatentWidth / 64; i += count) {
            CHECK(brought.insert({box, i}).second);
          }
        }
      }
      CHECK(brought.size() == kMostLatentBoxes * kLatentWidth / 64);
    }
  }
}

TEST_SUITE("property") {
  TEST_CASE("the boxes of a latent step hold each of its keys at the place of its row") {
    constexpr int kPages[] = {16, 32, 64, 128, 192};
    for (int round = 0; round < test::soak_count(1000); ++round) {
      test::Draws draw(round, 283);
      const int page = kPages[draw.between(0, 4)], keys = draw.between(1, 2000);
      std::vector<std::int32_t> table(static_cast<std::size_t>(pages_for(keys, page)));
      std::iota(table.rbegin(), table.rend(), draw.between(0, 9));
      int walked = 0;
      for (int step = 0; step * kLatentKeys < keys; ++step) {
        const Range range = tile_range(step, kLatentKeys, keys);
        const LatentBoxes boxes = latent_boxes(table.data(), page, range);
        REQUIRE(boxes.count >= 1);
        // A box never leaves its page, and none begins past the last key.
        REQUIRE((boxes.count - 1) * latent_box_keys(page) < range.size());
        REQUIRE(boxes.count * latent_box_keys(page) <= kLatentKeys);
        for (int row = 0; row < range.size(); ++row, ++walked) {
          const int box = row / latent_box_keys(page);
          REQUIRE(box < boxes.count);
          const int first = boxes.rows[box], at = first + row % latent_box_keys(page);
          PageWalk walk(table.data(), page, {range.first + row, range.first + row + 1});
          PageRun run;
          REQUIRE(walk.next(run));
          REQUIRE(at == run.page_number * page + run.slot);
          REQUIRE(first / page == (first + latent_box_keys(page) - 1) / page);
        }
      }
      REQUIRE(walked == keys);
    }
  }

  TEST_CASE("the blocks of a latent decode step take every step of every row once") {
    for (int round = 0; round < test::soak_count(500); ++round) {
      test::Draws draw(round, 293);
      Problem problem;
      problem.batches = draw.between(1, 4);
      problem.query_heads = draw.between(1, 130);
      problem.queries = draw.between(1, 4);
      problem.keys = draw.between(problem.queries, 4000);
      problem.page = 64;
      problem.width = kLatentWidth;
      problem.value_width = kLatentValueWidth;
      problem.latent = true;
      const sm80::Arguments arguments = latent_arguments(problem, draw.between(1, 140));
      std::multiset<std::pair<std::int64_t, int>> steps;
      std::set<std::int64_t> rows;
      for (std::int64_t block = 0; block < arguments.blocks(); ++block) {
        const sm80::Work work = sm80::work_at(arguments, block, kLatentRows);
        REQUIRE(work.key_head == 0);
        const int cluster = latent_cluster(arguments);
        const sm80::Work first = sm80::work_at(arguments, block - block % cluster, kLatentRows);
        REQUIRE(work.batch == first.batch);
        REQUIRE(work.steps == first.steps);
        REQUIRE_FALSE(work.steps.empty());
        for (int step = work.steps.first; step < work.steps.last; ++step) {
          steps.insert({work.tile, step});
        }
        for (int row = work.rows.first; work.split == 0 && row < work.rows.last; ++row) {
          const sm80::RowPlace place = sm80::place_of(arguments, work, row);
          // TMA finds the queries of a tile one after the other.
          REQUIRE(place.row == std::int64_t{work.batch} * arguments.rows() + row);
          REQUIRE(rows.insert(place.row).second);
        }
      }
      REQUIRE(static_cast<std::int64_t>(rows.size()) == problem.output_rows());
      REQUIRE(static_cast<std::int64_t>(steps.size()) == arguments.tiles() * arguments.steps);
      for (const auto& step : steps) REQUIRE(steps.count(step) == 1);
    }
  }
}

}  // namespace
}  // namespace assay::attention::sm90
