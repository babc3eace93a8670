// The order of block scales: a bijection into its tiles, as documented, and what is stored there.
#include "kernels/gemm/scale_tiles.h"

#include <doctest/doctest.h>

#include <set>

#include "harness/core/dtype.h"

namespace assay {
namespace {

TEST_SUITE("unit") {
  TEST_CASE("every scale of ragged matrices has a place of its own in whole tiles") {
    for (const auto& [rows, blocks] :
         {std::pair<std::int64_t, std::int64_t>{1, 1}, {128, 4}, {129, 5}, {300, 17}, {257, 3}}) {
      std::set<std::int64_t> places;
      for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t block = 0; block < blocks; ++block) {
          places.insert(scale_offset(row, block, blocks));
        }
      }
      CHECK(places.size() == static_cast<std::size_t>(rows * blocks));
      CHECK(*places.begin() == 0);
      CHECK(*places.rbegin() < scale_bytes(rows, blocks));
      CHECK(scale_bytes(rows, blocks) % 512 == 0);
    }
  }

  TEST_CASE("scales lie where the library's documentation has them") {
    static_assert(scale_offset(0, 3, 4) == 3);
    static_assert(scale_offset(1, 0, 4) == 16);
    static_assert(scale_offset(31, 2, 4) == 31 * 16 + 2);
    static_assert(scale_offset(32, 0, 4) == 4);
    static_assert(scale_offset(127, 3, 4) == 511);
    static_assert(scale_offset(0, 4, 8) == 512);     // the next tile along K
    static_assert(scale_offset(128, 0, 8) == 1024);  // the next band, after two tiles
    static_assert(scale_offset(128, 0, 5) == 1024);
    static_assert(scale_bytes(1, 1) == 512);
    CHECK(scale_bytes(129, 5) == 4 * 512);
  }

  TEST_CASE("a scale is stored as an exponent or as e4m3 and padding is zero") {
    const auto scale = [](std::int64_t row, std::int64_t block) {
      return row == 1 && block == 0 ? 2.0F : 1.0F;
    };
    const auto exponents = tiled_scales(ScaleFormat::ue8m0, 2, 1, scale);
    REQUIRE(exponents.size() == 512);
    CHECK(exponents[0] == std::byte{127});
    CHECK(exponents[16] == std::byte{128});
    CHECK(exponents[1] == std::byte{0});
    const auto small = tiled_scales(ScaleFormat::ue4m3, 2, 1, scale);
    CHECK(small[0] == std::byte{0x38});
    CHECK(small[16] == std::byte{0x40});
  }

  TEST_CASE("two elements of fp4 share a byte and the first is its lower half") {
    const std::vector<float> values{1.0F, -6.0F, 0.5F};
    const auto bytes = encode(Dtype::fp4_e2m1, values);
    REQUIRE(bytes.size() == 2);
    CHECK(bytes[0] == std::byte{0xF2});
    CHECK(bytes[1] == std::byte{0x01});
    const auto read = decode(Dtype::fp4_e2m1, bytes);
    CHECK(read[0] == 1.0F);
    CHECK(read[1] == -6.0F);
    CHECK(read[2] == 0.5F);
    CHECK(stored_bytes(Dtype::fp4_e2m1, 5) == 3);
    CHECK(stored_bytes(Dtype::bf16, 5) == 10);
  }
}

}  // namespace
}  // namespace assay
