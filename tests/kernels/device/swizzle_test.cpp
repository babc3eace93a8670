// The swizzle maps against the manual's pictures: which 16-byte piece of which row goes where.
#include "kernels/device/swizzle.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <set>

namespace assay::device {
namespace {

constexpr Swizzle kSwizzles[] = {Swizzle::kNone, Swizzle::k32, Swizzle::k64, Swizzle::k128};

TEST_SUITE("unit") {
  TEST_CASE("a swizzle permutes each span among itself and is its own inverse") {
    for (const Swizzle swizzle : kSwizzles) {
      std::set<std::uint32_t> reached;
      for (std::uint32_t address = 0; address < 4096; ++address) {
        const std::uint32_t moved = swizzled(swizzle, address);
        reached.insert(moved);
        REQUIRE(moved / swizzle_span(swizzle) == address / swizzle_span(swizzle));
        REQUIRE(moved % 16 == address % 16);
        REQUIRE(swizzled(swizzle, moved) == address);
      }
      CHECK(reached.size() == 4096);
    }
  }

  TEST_CASE("the 128 byte swizzle puts piece p of row r at p xor r") {
    for (std::uint32_t row = 0; row < 16; ++row) {
      for (std::uint32_t piece = 0; piece < 8; ++piece) {
        REQUIRE(swizzled(Swizzle::k128, row * 128 + piece * 16) ==
                row * 128 + (piece ^ row % 8) * 16);
      }
    }
  }

  TEST_CASE("the 64 byte swizzle turns every second row and the 32 byte one every fourth") {
    for (std::uint32_t row = 0; row < 16; ++row) {
      for (std::uint32_t piece = 0; piece < 4; ++piece) {
        REQUIRE(swizzled(Swizzle::k64, row * 64 + piece * 16) ==
                row * 64 + (piece ^ row / 2 % 4) * 16);
      }
      for (std::uint32_t piece = 0; piece < 2; ++piece) {
        REQUIRE(swizzled(Swizzle::k32, row * 32 + piece * 16) ==
                row * 32 + (piece ^ row / 4 % 2) * 16);
      }
    }
  }

  TEST_CASE("the pieces of eight rows at one column lie in different banks") {
    for (const Swizzle swizzle : {Swizzle::k32, Swizzle::k64, Swizzle::k128}) {
      for (std::uint32_t piece = 0; piece < swizzle_span(swizzle) / 16; ++piece) {
        std::set<std::uint32_t> bank_groups;
        for (std::uint32_t row = 0; row < 8; ++row) {
          bank_groups.insert(swizzled(swizzle, row * swizzle_span(swizzle) + piece * 16) % 128);
        }
        CHECK(bank_groups.size() == 8);
      }
    }
  }

  TEST_CASE("a swizzle repeats after its period") {
    for (const Swizzle swizzle : kSwizzles) {
      const std::uint32_t period = swizzle_period(swizzle);
      for (std::uint32_t address = 0; address < 2048; ++address) {
        REQUIRE(swizzled(swizzle, address + period) == swizzled(swizzle, address) + period);
      }
    }
  }
}

}  // namespace
}  // namespace assay::device
