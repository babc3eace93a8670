// The banded tile order takes every tile once, in bands.
#include "kernels/device/tile_order.h"

#include <doctest/doctest.h>

#include <set>
#include <utility>

namespace assay::device {
namespace {

TEST_SUITE("unit") {
  TEST_CASE("the banded order takes every tile once whatever the shape and the band") {
    for (int rows = 1; rows <= 9; ++rows) {
      for (int columns = 1; columns <= 7; ++columns) {
        for (int band = 1; band <= 10; ++band) {
          std::set<std::pair<int, int>> taken;
          for (int i = 0; i < rows * columns; ++i) {
            const Tile tile = banded_tile(i, rows, columns, band);
            REQUIRE(tile.row >= 0);
            REQUIRE(tile.row < rows);
            REQUIRE(tile.column >= 0);
            REQUIRE(tile.column < columns);
            taken.insert({tile.row, tile.column});
          }
          REQUIRE(taken.size() == static_cast<std::size_t>(rows * columns));
        }
      }
    }
  }

  TEST_CASE("a band is walked column by column") {
    CHECK(banded_tile(0, 8, 4, 2) == Tile{0, 0});
    CHECK(banded_tile(1, 8, 4, 2) == Tile{1, 0});
    CHECK(banded_tile(2, 8, 4, 2) == Tile{0, 1});
    CHECK(banded_tile(8, 8, 4, 2) == Tile{2, 0});
  }
}

}  // namespace
}  // namespace assay::device
