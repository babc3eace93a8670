// The portable kernels' arithmetic: tiles, the places of a stage's pieces, and what is refused.
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "kernels/device/tile_order.h"
#include "kernels/gemm/sm80/problem.h"
#include "tests/kernels/gemm/listed_products.h"

namespace assay::sm80 {
namespace {

using device::Major;
using sm90::ragged_shapes;

TEST_SUITE("unit") {
  TEST_CASE("every tile of the portable kernels is visited exactly once") {
    std::vector<GemmShape> shapes = ragged_shapes();
    for (const GemmShape& listed : listed_shapes()) shapes.push_back(listed);
    for (const GemmShape& shape : shapes) {
      const Arguments arguments = arguments_of(shape);
      REQUIRE(std::int64_t{arguments.rows} * kTile >= shape.m);
      REQUIRE(std::int64_t{arguments.rows - 1} * kTile < shape.m);
      REQUIRE(std::int64_t{arguments.columns} * kTile >= shape.n);
      REQUIRE(std::int64_t{arguments.columns - 1} * kTile < shape.n);
      std::vector<int> visits(static_cast<std::size_t>(arguments.rows * arguments.columns));
      for (int i = 0; i < arguments.rows * arguments.columns; ++i) {
        const auto tile = device::banded_tile(i, arguments.rows, arguments.columns, arguments.band);
        ++visits.at(static_cast<std::size_t>(tile.row * arguments.columns + tile.column));
      }
      for (const int count : visits) REQUIRE(count == 1);
    }
  }

  TEST_CASE("the pieces of an operand are a bijection and eight rows fall on different banks") {
    constexpr int kPieces = kRowBytes / 16;
    std::set<std::uint32_t> places;
    for (int row = 0; row < kTile; ++row) {
      for (int piece = 0; piece < kPieces; ++piece) {
        const std::uint32_t place = piece_offset(row, 16 * piece);
        CHECK(place % 16 == 0);
        CHECK(place < kOperandBytes);
        places.insert(place);
      }
    }
    CHECK(places.size() == kTile * kPieces);
    for (int piece = 0; piece < kPieces; ++piece) {  // ldmatrix reads eight rows at a time
      for (int first = 0; first < kTile; first += 8) {
        std::set<std::uint32_t> banks;
        for (int row = first; row < first + 8; ++row) {
          banks.insert(piece_offset(row, 16 * piece) % 128 / 16);
        }
        CHECK(banks.size() == 8);
      }
    }
  }

  TEST_CASE("the portable kernels refuse rows that are not whole pieces and say which") {
    const auto why = [](const GemmShape& shape, std::int64_t bytes, Major b, Major a) {
      return refusal(shape, bytes, b, a).value_or("");
    };
    CHECK(why({64, 64, 63}, 2, Major::kMn, Major::kK).find("rows of A") == 0);
    CHECK(why({63, 64, 64}, 2, Major::kMn, Major::kMn).find("rows of A") == 0);
    CHECK(why({64, 60, 64}, 2, Major::kMn, Major::kK).find("rows of B") == 0);
    CHECK(why({64, 63, 64}, 2, Major::kK, Major::kK).find("rows of C") == 0);
    CHECK(why({63, 62, 64}, 2, Major::kK, Major::kK).empty());
    CHECK(why({64, 62, 63}, 2, Major::kK, Major::kMn).find("rows of B") == 0);
    CHECK(why({1LL << 30, 1LL << 30, 64}, 2, Major::kMn, Major::kK).find("tiles") !=
          std::string::npos);
    for (const GemmShape& listed : listed_shapes()) {
      CHECK(why(listed, 2, Major::kMn, Major::kK).empty());
      CHECK(why(listed, 1, Major::kK, Major::kK).empty());
      CHECK(why(listed, 4, Major::kK, Major::kK).empty());
    }
  }
}

}  // namespace
}  // namespace assay::sm80
