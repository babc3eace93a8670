// The walk over groups of rows computes every element of C exactly once, whoever owns it.
#include "kernels/gemm/sm90/groups.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "kernels/gemm/sm90/plan.h"
#include "tests/kernels/gemm/listed_products.h"

namespace assay::sm90 {
namespace {

/// Groups that are empty, of one row, of whole tiles, one row more and one less.
const std::vector<std::vector<std::int32_t>> kGroupRows = {{1},
                                                           {0, 1},
                                                           {3, 0, 136, 1},
                                                           {0, 0, 0},
                                                           {128, 256, 512},
                                                           {127, 129, 0, 255, 257},
                                                           {8, 9, 7, 0, 300}};

std::vector<std::int32_t> begins_of(const std::vector<std::int32_t>& rows) {
  std::vector<std::int32_t> begins = {0};
  for (const std::int32_t count : rows) begins.push_back(begins.back() + count);
  return begins;
}

/// What every cluster of a launch takes, as the kernel's roles walk it.
std::vector<TileWork> taken(const Schedule& schedule, const std::vector<std::int32_t>& begins,
                            GroupTiles tiles, int clusters) {
  std::vector<TileWork> all;
  for (int cluster = 0; cluster < clusters; ++cluster) {
    GroupWalk walk(schedule, begins.data(), tiles);
    TileWork work;
    for (int i = cluster; walk.at(i, work); i += clusters) all.push_back(work);
    REQUIRE_FALSE(walk.at(1 << 30, work));
  }
  return all;
}

/// How often each (row of C, tile of columns) is computed.
std::vector<int> row_visits(const std::vector<TileWork>& all, GroupTiles tiles, int rows,
                            int strips) {
  std::vector<int> counts(static_cast<std::size_t>(rows) * static_cast<std::size_t>(strips));
  for (const TileWork& work : all) {
    const int of_rows = tiles.on_right ? work.column : work.row;
    const int strip = tiles.on_right ? work.row : work.column;
    REQUIRE(strip < strips);
    const int first = work.first_row + of_rows * tiles.rows;
    REQUIRE(first < work.end_row);  // no tile is without rows
    const int end = std::min(first + tiles.rows, work.end_row);
    for (int row = first; row < end; ++row) {
      ++counts[static_cast<std::size_t>(row) * static_cast<std::size_t>(strips) +
               static_cast<std::size_t>(strip)];
    }
  }
  return counts;
}

Product grouped_product(const std::vector<std::int32_t>& rows, std::int64_t n) {
  Product product;
  product.shape = {begins_of(rows).back(), n, 72, 1, static_cast<std::int64_t>(rows.size())};
  return product;
}

TEST_SUITE("unit") {
  TEST_CASE("every row of every group is computed exactly once for every configuration") {
    for (const auto& rows : kGroupRows) {
      const auto begins = begins_of(rows);
      for (const int n : {8, 264, 1032}) {
        const Product product = grouped_product(rows, n);
        for (const TileConfig& tile : kTiles) {
          const GroupTiles tiles{tile.swapped,
                                 tile.swapped ? tile.right : tile.left * tile.cluster};
          for (const int clusters : {1, 2, 7, 66}) {
            const Schedule schedule = schedule_of(product, tile, 1, clusters * tile.cluster);
            const auto all = taken(schedule, begins, tiles, clusters);
            const int strips = tile.swapped ? schedule.rows : schedule.columns;
            const auto counts = row_visits(all, tiles, begins.back(), strips);
            REQUIRE(
                std::all_of(counts.begin(), counts.end(), [](int count) { return count == 1; }));
          }
        }
      }
    }
  }

  TEST_CASE("a piece of a group takes that group's matrix and all of K") {
    const std::vector<std::int32_t> rows = {3, 0, 136, 1};
    const auto begins = begins_of(rows);
    const Schedule schedule = schedule_of(grouped_product(rows, 264), kTiles[2], 1, 4);
    for (const TileWork& work : taken(schedule, begins, {false, 128}, 3)) {
      const auto group = static_cast<std::size_t>(work.batch);
      CHECK(work.first_row == begins[group]);
      CHECK(work.end_row == begins[group + 1]);
      CHECK(work.first_k == 0);
      CHECK(work.end_k == schedule.k_blocks);
    }
  }

  TEST_CASE("the heuristic is total for groups and batches and never splits the K of groups") {
    for (const GemmShape& listed : listed_shapes()) {
      for (const int count : {2, 32, 257}) {
        for (const bool groups : {false, true}) {
          Product product;
          product.shape = listed;
          (groups ? product.shape.groups : product.shape.batches) = count;
          if (const auto why = refusal(product)) {
            CHECK(why->find("tiles") != std::string::npos);
            continue;
          }
          for (const int multiprocessors : {1, 78, 132}) {
            const Plan plan = cheapest(product, multiprocessors).front();
            REQUIRE(takes(plan.tile, product));
            REQUIRE(plan.clusters >= 1);
            REQUIRE(partials_bytes(plan.schedule, plan.tile) <= kMostPartialsBytes);
            if (groups) REQUIRE(plan.schedule.splits == 1);
          }
        }
      }
    }
  }

  TEST_CASE("tensor maps of groups and batches hold every matrix and obey the driver's rules") {
    for (const GemmShape& listed : listed_shapes()) {
      for (const bool groups : {false, true}) {
        Product product;
        product.shape = listed;
        (groups ? product.shape.groups : product.shape.batches) = 8;
        for (const TileConfig& tile : kTiles) {
          const Maps maps = maps_of(product, tile, {});
          for (const auto& map : {maps.left, maps.right, maps.c}) {
            const char* fault = device::tensor_map_fault(map);
            CHECK_MESSAGE(fault == nullptr, fault);
          }
          const auto& a = tile.swapped ? maps.right : maps.left;
          const auto& b = tile.swapped ? maps.left : maps.right;
          const std::uint64_t of_rows = groups ? 1 : 8;  // groups share A and C, and have a B each
          CHECK(a.size[2] == of_rows);
          CHECK(b.size[2] == 8);
          CHECK(maps.c.size[2] == of_rows);
        }
      }
    }
  }
}

}  // namespace
}  // namespace assay::sm90
