// A stage as TMA fills it and as wgmma's descriptors read it are the same bytes, each one once.
#include <doctest/doctest.h>

#include <vector>

#include "kernels/device/descriptor.h"
#include "kernels/device/operand.h"
#include "kernels/gemm/sm90/tile.h"

namespace assay::sm90 {
namespace {

using device::Major;
using device::Swizzle;

/// Where a copy of boxes with 128-byte swizzle puts element (mn, k) of an operand: K-major one box
/// of all rows; MN-major boxes of 64 elements of MN by the stage's K, one after the other.
std::uint32_t copied_to(Major major, std::uint32_t mn, std::uint32_t k, std::uint32_t bytes) {
  const std::uint32_t stage_k = kRowBytes / bytes;
  const std::uint32_t linear =
      major == Major::kK ? mn * kRowBytes + k * bytes
                         : mn / 64 * (stage_k * kRowBytes) + k * kRowBytes + mn % 64 * bytes;
  return device::swizzled(Swizzle::k128, linear);
}

/// Where the kernel's descriptor for product `i` of a stage reads element (mn, k): mainloop.cuh.
std::uint32_t read_at(Major major, std::uint32_t mn, std::uint32_t k, std::uint32_t bytes) {
  const std::uint32_t in_product = 32 / bytes;
  const std::uint32_t step = major == Major::kK ? 32 : 16 * kRowBytes;
  const std::uint64_t first =
      device::encode_descriptor({0, 64 * kRowBytes, 8 * kRowBytes, 0, Swizzle::k128});
  const std::uint64_t bits = device::advanced(first, k / in_product * step);
  return device::operand_address(device::decode_descriptor(bits), major, bytes, mn, k % in_product);
}

void check_layout(Major major, std::uint32_t rows, std::uint32_t bytes) {
  const std::uint32_t stage_k = kRowBytes / bytes;
  std::vector<int> uses(rows * kRowBytes, 0);
  for (std::uint32_t mn = 0; mn < rows; ++mn) {
    for (std::uint32_t k = 0; k < stage_k; ++k) {
      const std::uint32_t place = copied_to(major, mn, k, bytes);
      REQUIRE(place == read_at(major, mn, k, bytes));
      for (std::uint32_t i = 0; i < bytes; ++i) ++uses[place + i];
    }
  }
  for (const int count : uses) REQUIRE(count == 1);
}

TEST_SUITE("unit") {
  TEST_CASE("descriptors read what the swizzled copies wrote and every byte of a stage once") {
    for (const TileConfig& tile : kTiles) {
      for (const int rows : {tile.left / tile.consumers, tile.right}) {
        for (const std::uint32_t bytes : {1u, 2u, 4u}) {
          check_layout(Major::kK, static_cast<std::uint32_t>(rows), bytes);
        }
        if (rows % 64 == 0) check_layout(Major::kMn, static_cast<std::uint32_t>(rows), 2);
      }
    }
  }
}

}  // namespace
}  // namespace assay::sm90
