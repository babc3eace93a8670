// Every block of every tile is computed exactly once, whatever the configuration and the shape.
#include "kernels/gemm/sm90/schedule.h"

#include <doctest/doctest.h>

#include <algorithm>
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
    for (int i = cluster; i < schedule.count(); i += clusters) {
      const TileWork work = schedule.at(i);
      REQUIRE(work.row >= 0);
      REQUIRE(work.row < schedule.rows);
      REQUIRE(work.column >= 0);
      REQUIRE(work.column < schedule.columns);
      REQUIRE(work.batch < schedule.batches);
      REQUIRE(work.split < schedule.splits);
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

  TEST_CASE("a tile has the same number in all of its slices and no other tile has it") {
    const Schedule schedule{5, 7, 2, 9, 4, 3};
    std::vector<std::vector<int>> place_of(static_cast<std::size_t>(schedule.tiles()));
    for (int i = 0; i < schedule.count(); ++i) {
      const TileWork work = schedule.at(i);
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
