// Every block of every tile is computed exactly once, whatever the configuration and the shape.
#include "kernels/gemm/sm90/schedule.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "kernels/gemm/sm90/plan.h"
#include "tests/kernels/gemm/listed_products.h"

namespace assay::sm90 {
namespace {

/// How often each (batch, row, column, block of K) is computed by `clusters` persistent clusters.
std::vector<int> visits(const Schedule& schedule, int clusters) {
  std::vector<int> counts(static_cast<std::size_t>(schedule.tiles()) *
                          static_cast<std::size_t>(schedule.k_blocks));
  for (int cluster = 0; cluster < clusters; ++cluster) {
    Walk<> walk(schedule, cluster, clusters);
    for (TileWork work; walk.take(work);) {
      REQUIRE(work.row >= 0);
      REQUIRE(work.row < schedule.rows);
      REQUIRE(work.column >= 0);
      REQUIRE(work.column < schedule.columns);
      REQUIRE(work.batch < schedule.batches);
      REQUIRE(work.first_k < work.end_k);  // no slice is empty: a consumer waits for its products
      REQUIRE(work.end_k <= schedule.k_blocks);
      const int place = (work.batch * schedule.rows + work.row) * schedule.columns + work.column;
      for (int k = work.first_k; k < work.end_k; ++k) {
        ++counts[static_cast<std::size_t>(place) * static_cast<std::size_t>(schedule.k_blocks) +
                 static_cast<std::size_t>(k)];
      }
    }
  }
  return counts;
}

/// All pieces that the clusters take, in the order of the clusters.
std::vector<std::vector<TileWork>> pieces_of_clusters(const Plan& plan) {
  std::vector<std::vector<TileWork>> all(static_cast<std::size_t>(plan.clusters));
  for (int cluster = 0; cluster < plan.clusters; ++cluster) {
    Walk<> walk(plan.schedule, cluster, plan.clusters);
    for (TileWork work; walk.take(work);) all[static_cast<std::size_t>(cluster)].push_back(work);
  }
  return all;
}

std::vector<int> blocks_of_clusters(const Plan& plan) {
  std::vector<int> blocks;
  for (const auto& pieces : pieces_of_clusters(plan)) {
    blocks.push_back(0);
    for (const TileWork& work : pieces) blocks.back() += work.end_k - work.first_k;
  }
  return blocks;
}

/// The parts of every tile follow each other along K under their numbers, agree on how many they
/// are, and have places that no other part has.
void check_parts(const Plan& plan) {
  const Schedule& schedule = plan.schedule;
  std::map<int, std::map<int, TileWork>> tiles;  // by the first block of K
  for (const auto& pieces : pieces_of_clusters(plan))
    for (const TileWork& work : pieces)
      REQUIRE(tiles[work.tile].emplace(work.first_k, work).second);
  std::set<int> places, numbers;
  for (const auto& [tile, pieces] : tiles) {
    REQUIRE(schedule.is_part(pieces.begin()->second) == (pieces.size() > 1));
    if (pieces.size() == 1) continue;
    const int number = schedule.parts_of(pieces.begin()->second).tile;
    REQUIRE(number >= 0);
    REQUIRE(number < schedule.tiles_in_parts());
    REQUIRE(numbers.insert(number).second);
    int end = 0, part = 0;
    for (const auto& [first_k, work] : pieces) {
      const TileParts parts = schedule.parts_of(work);
      REQUIRE(first_k == end);
      end = work.end_k;
      REQUIRE(parts.count == static_cast<int>(pieces.size()));
      REQUIRE(parts.mine == part++);
      REQUIRE(parts.tile == number);
      REQUIRE(parts.place(parts.mine) < schedule.places());
      REQUIRE(places.insert(parts.place(parts.mine)).second);
    }
    REQUIRE(end == schedule.k_blocks);
  }
}

bool all_once(const std::vector<int>& counts) {
  return std::all_of(counts.begin(), counts.end(), [](int n) { return n == 1; });
}

TEST_SUITE("unit") {
  TEST_CASE("every tile is visited exactly once for every configuration and ragged size") {
    for (const GemmShape& shape : ragged_shapes()) {
      for (const int batches : {1, 3}) {
        Product product;
        product.shape = shape;
        product.shape.batches = batches;
        for (const TileConfig& tile : kTiles) {
          for (const int splits : {1, 2, 3, 16}) {
            for (const int multiprocessors : {1, 2, 7, 132}) {
              const Plan plan = plan_with(product, tile, splits, multiprocessors);
              REQUIRE(all_once(visits(plan.schedule, plan.clusters)));
              check_parts(plan);
            }
          }
        }
      }
    }
  }

  TEST_CASE("every tile of the listed shapes is visited exactly once as planned") {
    for (const GemmShape& shape : listed_shapes()) {
      if (static_cast<double>(shape.m) * static_cast<double>(shape.n) > 0x1p28) continue;
      Product product;
      product.shape = shape;
      const Plan plan = cheapest(product, 132).front();
      REQUIRE(all_once(visits(plan.schedule, plan.clusters)));
    }
  }

  TEST_CASE("tiles that are shared are computed once and each part has a place of its own") {
    for (const GemmShape& shape : ragged_shapes()) {
      for (const int batches : {1, 3}) {
        Product product;
        product.shape = shape;
        product.shape.batches = batches;
        product.shape.k *= 9;
        for (const TileConfig& tile : kTiles) {
          for (const int multiprocessors : {2, 3, 7, 20, 132}) {
            const auto plan = plan_sharing(product, tile, multiprocessors);
            if (!plan) continue;
            REQUIRE(all_once(visits(plan->schedule, plan->clusters)));
            check_parts(*plan);
          }
        }
      }
    }
  }

  TEST_CASE("clusters that share tiles compute as many blocks of K as each other but for one") {
    const Product product = {.shape = {2048, 2304, 1096}};
    const Plan plan = plan_sharing(product, kTiles[0], 132).value();
    REQUIRE(plan.schedule.count() == 0);  // 72 tiles for 66 clusters
    const auto blocks = blocks_of_clusters(plan);
    const auto [least, most] = std::minmax_element(blocks.begin(), blocks.end());
    CHECK(*most - *least <= 1);
    CHECK(*most == 20);  // 72 * 18 / 66: whole tiles would leave 6 of 66 at 36
  }

  TEST_CASE("whole waves stay whole and only the last two are shared") {
    const Product product = {.shape = {8192, 8192, 512}};
    const Plan plan = plan_sharing(product, kTiles[0], 132).value();  // 1,024 tiles, 66 clusters
    CHECK(plan.schedule.shared == 1024 % 66 + 66);
    CHECK(plan.schedule.count() % plan.clusters == 0);
    CHECK(partials_bytes(plan.schedule, plan.tile) <= kMostPartialsBytes);
  }

  TEST_CASE("nothing is shared where whole tiles fill the waves or there are groups or no K") {
    CHECK_FALSE(plan_sharing({.shape = {256 * 66, 256, 512}}, kTiles[0], 132));
    CHECK_FALSE(plan_sharing({.shape = {1000, 1000, 512, 1, 4}}, kTiles[0], 132));
    CHECK_FALSE(plan_sharing({.shape = {256, 256, 64}}, kTiles[0], 132));
    CHECK_FALSE(plan_sharing({.shape = {1000, 1000, 512}}, kTiles[9], 132));  // ping-pong
    // 263 tiles of 2^25 blocks: more than 32 bits count.
    CHECK_FALSE(plan_sharing({.shape = {263 * 128, 128, 1LL << 31}}, kTiles[2], 132));
  }

  TEST_CASE("a tile has the same number in all of its slices and no other tile has it") {
    const Schedule schedule{5, 7, 2, 9, 4, 3};
    std::vector<std::vector<int>> place_of(static_cast<std::size_t>(schedule.tiles()));
    for (int i = 0; i < schedule.count(); ++i) {
      TileWork work = schedule.piece(i);
      schedule.place_tile(work);
      place_of[static_cast<std::size_t>(work.tile)].push_back((work.batch * 5 + work.row) * 7 +
                                                              work.column);
    }
    std::vector<int> all;
    for (const auto& places : place_of) {
      CHECK(places.size() == 4);
      CHECK(std::count(places.begin(), places.end(), places[0]) == 4);
      all.push_back(places[0]);
    }
    std::sort(all.begin(), all.end());
    CHECK(std::unique(all.begin(), all.end()) == all.end());
  }
}

}  // namespace
}  // namespace assay::sm90
