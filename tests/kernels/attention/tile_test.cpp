// The tiles of the Hopper forward pass: their budgets, and which one a problem gets.
#include "kernels/attention/sm90/tile.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/kernels/attention/problems.h"

namespace assay::attention::sm90 {
namespace {

int keys_of(const char* shape) {
  const int tile = tile_for(test::problem(shape));
  REQUIRE(tile >= 0);
  return kTiles[tile].keys;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("every listed tile of the forward pass keeps its budgets") {
    for (const TileConfig& tile : kTiles) CHECK(tile_fault(tile) == nullptr);
    CHECK(tile_fault({128, 128, 128, 2, 1}) == nullptr);  // fp8
    CHECK(tile_fault({256, 256, 128, 2, 1}) == nullptr);
  }

  TEST_CASE("a tile that breaks a budget is named") {
    const auto fault = [](const TileConfig& tile) {
      const char* words = tile_fault(tile);
      return std::string(words == nullptr ? "" : words);
    };
    CHECK(fault({64, 256, 128, 2}).find("registers") != std::string::npos);
    CHECK(fault({256, 256, 128, 2}).find("shared memory") != std::string::npos);
    CHECK(fault({128, 128, 128, 1}).find("turns") != std::string::npos);
    CHECK(fault({80, 80, 128, 2}).find("64 elements") != std::string::npos);
    CHECK(fault({128, 128, 120, 2}).find("multiples of 16") != std::string::npos);
    CHECK(fault({64, 64, 128, 2, 1}).find("128 elements") != std::string::npos);
    CHECK(fault({128, 128, 192, 2, 1}).find("128 elements") != std::string::npos);
    CHECK(fault({128, 128, 256, 2, 1}).find("registers") != std::string::npos);
  }

  TEST_CASE("a problem gets the tile of its widths and mask") {
    CHECK(keys_of("b1_hq1_hkv1_sq64_sk64_d128_full") == 176);
    CHECK(keys_of("b1_hq1_hkv1_sq64_sk64_d128_causal") == 128);
    CHECK(keys_of("b1_hq1_hkv1_sq64_sk64_d64_w8") == 128);
    CHECK(keys_of("b1_hq1_hkv1_sq64_sk64_d64_full") == 192);
    CHECK(keys_of("b1_hq1_hkv1_sq64_sk64_d192_dv128_full") == 128);
    CHECK(keys_of("b1_hq1_hkv1_sq64_sk64_d256_causal") == 64);
    CHECK(tile_for(test::problem("b1_hq1_hkv1_sq64_sk64_d80_full")) == -1);
    CHECK(tile_for(test::problem("b1_hq1_hkv1_sq64_sk64_d128_dv64_full")) == -1);
  }
}

}  // namespace assay::attention::sm90
