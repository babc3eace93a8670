// A tile as TMA fills it and as wgmma's descriptors read it are the same bytes, each one once.
#include "kernels/hopper/operand_tile.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "kernels/device/descriptor.h"
#include "kernels/device/operand.h"
#include "kernels/gemm/sm90/tile.h"

namespace assay::hopper {
namespace {

using device::Bf16;
using device::E4m3;
using device::Major;
using device::Swizzle;
using device::Tf32;

/// Where copies of boxes with 128-byte swizzle put an element; boxes lie one after the other.
template <class Tile>
std::uint32_t copied_to(int mn, int k) {
  constexpr bool kAlongK = Tile::kMajor == Major::kK;
  const int along = kAlongK ? k : mn, row = kAlongK ? mn : k;
  const int bytes = static_cast<int>(sizeof(typename Tile::Element));
  const int box = along / Tile::kInRow * Tile::kRows * kRowBytes;
  return device::swizzled(Swizzle::k128, static_cast<std::uint32_t>(box + row * kRowBytes +
                                                                    along % Tile::kInRow * bytes));
}

/// Where the descriptor of the products from row `first` on reads an element.
template <class Tile>
std::uint32_t read_at(int first, int mn, int k) {
  const std::uint64_t start =
      device::encode_descriptor({static_cast<std::uint32_t>(Tile::mn_offset(first)),
                                 Tile::kLeadingBytes, Tile::kStrideBytes, 0, Swizzle::k128});
  const std::uint64_t bits = device::advanced(
      start, static_cast<std::uint32_t>(Tile::product_offset(k / Tile::kProductK)));
  return device::operand_address(
      device::decode_descriptor(bits), Tile::kMajor, sizeof(typename Tile::Element),
      static_cast<std::uint32_t>(mn - first), static_cast<std::uint32_t>(k % Tile::kProductK));
}

/// Read whole, as wgmma's right side is, and from every 64 rows on, as its left is.
template <class Tile>
void check_tile() {
  constexpr std::uint32_t kBytes = sizeof(typename Tile::Element);
  std::vector<int> uses(Tile::kBytes, 0);
  for (int mn = 0; mn < Tile::kMn; ++mn) {
    for (int k = 0; k < Tile::kK; ++k) {
      const std::uint32_t place = copied_to<Tile>(mn, k);
      REQUIRE(place == read_at<Tile>(0, mn, k));
      REQUIRE(place == read_at<Tile>(mn / 64 * 64, mn, k));
      for (std::uint32_t i = 0; i < kBytes; ++i) ++uses[place + i];
    }
  }
  for (const int count : uses) REQUIRE(count == 1);
}

template <int kIndex>
void check_stage() {
  constexpr sm90::TileConfig kTile = sm90::kTiles[kIndex];
  constexpr int kLeft = kTile.left / kTile.consumers;
  check_tile<OperandTile<E4m3, Major::kK, kLeft, 128>>();
  check_tile<OperandTile<E4m3, Major::kK, kTile.right, 128>>();
  check_tile<OperandTile<Bf16, Major::kK, kLeft, 64>>();
  check_tile<OperandTile<Bf16, Major::kK, kTile.right, 64>>();
  check_tile<OperandTile<Tf32, Major::kK, kTile.right, 32>>();
  check_tile<OperandTile<Bf16, Major::kMn, kLeft, 64>>();
  if constexpr (kTile.right % 64 == 0) check_tile<OperandTile<Bf16, Major::kMn, kTile.right, 64>>();
}

TEST_SUITE("unit") {
  TEST_CASE("descriptors read what the swizzled copies wrote and every byte of a GEMM stage once") {
    [&]<int... kIndex>(std::integer_sequence<int, kIndex...>) { (check_stage<kIndex>(), ...); }
    (std::make_integer_sequence<int, sm90::kTileCount>());
  }

  TEST_CASE(
      "tiles of several spans of K and of any number of rows hold the operands of attention") {
    check_tile<OperandTile<Bf16, Major::kK, 128, 128>>();   // Q, head dimension 128
    check_tile<OperandTile<Bf16, Major::kK, 176, 128>>();   // K
    check_tile<OperandTile<Bf16, Major::kMn, 128, 176>>();  // V: its rows are wgmma's K
    check_tile<OperandTile<Bf16, Major::kK, 80, 192>>();    // K, head dimension 192
    check_tile<OperandTile<Bf16, Major::kMn, 256, 80>>();   // V, head dimension 256
    check_tile<OperandTile<E4m3, Major::kK, 224, 128>>();   // K in fp8
    check_tile<OperandTile<E4m3, Major::kK, 128, 256>>();
    check_tile<OperandTile<E4m3, Major::kK, 256, 128>>();  // V by columns
  }
}

}  // namespace
}  // namespace assay::hopper
