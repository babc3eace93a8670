// The matrix descriptor's bits, and operand addresses against tiles laid out as TMA lays them.
#include "kernels/device/descriptor.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <set>

#include "kernels/device/operand.h"

namespace assay::device {
namespace {

constexpr Swizzle kEverySwizzle[] = {Swizzle::kNone, Swizzle::k32, Swizzle::k64, Swizzle::k128};

/// Where TMA puts the piece (16 bytes) of a line of a box whose lines are one swizzle span long:
/// the pictures of the manual, as in swizzle_test.cpp.
std::uint32_t tma_place(Swizzle swizzle, std::uint32_t line, std::uint32_t piece) {
  switch (swizzle) {
    case Swizzle::k128:
      return line * 128 + (piece ^ line % 8) * 16;
    case Swizzle::k64:
      return line * 64 + (piece ^ line / 2 % 4) * 16;
    case Swizzle::k32:
      return line * 32 + (piece ^ line / 4 % 2) * 16;
    case Swizzle::kNone:
      break;
  }
  return line * 16;
}

TEST_SUITE("unit") {
  TEST_CASE("a descriptor has its fields where the manual puts them") {
    const std::uint64_t bits = encode_descriptor({0x1C00, 4096, 1024, 5, Swizzle::k128});
    CHECK((bits & 0x3FFF) == 0x1C0);
    CHECK((bits >> 16 & 0x3FFF) == 256);
    CHECK((bits >> 32 & 0x3FFF) == 64);
    CHECK((bits >> 49 & 7) == 5);
    CHECK((bits >> 62) == 1);
    CHECK((encode_descriptor({0, 0, 0, 0, Swizzle::k64}) >> 62) == 2);
    CHECK((encode_descriptor({0, 0, 0, 0, Swizzle::k32}) >> 62) == 3);
    CHECK((encode_descriptor({0, 0, 0, 0, Swizzle::kNone}) >> 62) == 0);
    CHECK(descriptor_fault(bits) == nullptr);
  }

  TEST_CASE("a descriptor with reserved bits is refused with the reason") {
    for (const int bit : {14, 15, 30, 31, 46, 47, 48, 52, 61}) {
      CHECK(descriptor_fault(1ull << bit) != nullptr);
    }
    for (const int bit : {0, 13, 16, 29, 32, 45, 49, 51, 62, 63}) {
      CHECK(descriptor_fault(1ull << bit) == nullptr);
    }
  }

  TEST_CASE("advancing by sixteen bf16 along K adds two to the low word") {
    const std::uint64_t bits = encode_descriptor({0x400, 0, 1024, 0, Swizzle::k128});
    CHECK(advanced(bits, 32) == bits + 2);
    CHECK(decode_descriptor(advanced(bits, 32)).start == 0x420);
  }

  TEST_CASE("a K-major operand is found where TMA put it for every swizzle and element size") {
    for (const Swizzle swizzle : kEverySwizzle) {
      for (const std::uint32_t element_size : {1u, 2u, 4u}) {
        const std::uint32_t span = swizzle_span(swizzle);
        const std::uint32_t lines = 256;
        const std::uint32_t second_piece = lines * 16;  // without a swizzle: a box of its own
        for (std::uint32_t k0 = 0; k0 + 32 <= (span < 32 ? 32 : span); k0 += 32) {
          const MatrixDescriptor descriptor{8192 + k0, second_piece, 8 * span, 0, swizzle};
          for (std::uint32_t mn = 0; mn < lines; ++mn) {
            for (std::uint32_t k = 0; k < 32 / element_size; ++k) {
              const std::uint32_t byte = k0 + k * element_size;
              const std::uint32_t place =
                  swizzle == Swizzle::kNone
                      ? byte / 16 * second_piece + tma_place(swizzle, mn, 0) + byte % 16
                      : tma_place(swizzle, mn, byte / 16) + byte % 16;
              REQUIRE(operand_address(descriptor, Major::kK, element_size, mn, k) == 8192 + place);
            }
          }
        }
      }
    }
  }

  TEST_CASE("an MN-major operand is found where TMA put it for every swizzle") {
    for (const Swizzle swizzle : kEverySwizzle) {
      const std::uint32_t span = swizzle_span(swizzle);
      const std::uint32_t lines = 16;              // of K
      const std::uint32_t box = lines * span;      // one swizzle span of MN, all of K
      const std::uint32_t eight_lines = 8 * span;  // the next 8 of K
      const bool plain = swizzle == Swizzle::kNone;
      const MatrixDescriptor descriptor{4096, plain ? eight_lines : box, plain ? box : eight_lines,
                                        0, swizzle};
      for (std::uint32_t mn = 0; mn < 256; ++mn) {
        for (std::uint32_t k = 0; k < lines; ++k) {
          const std::uint32_t byte = mn * 2;
          const std::uint32_t place =
              byte / span * box + tma_place(swizzle, k, byte % span / 16) + byte % 16;
          REQUIRE(operand_address(descriptor, Major::kMn, 2, mn, k) == 4096 + place);
        }
      }
    }
  }

  TEST_CASE("no two elements of an operand share an address") {
    for (const Swizzle swizzle : kEverySwizzle) {
      for (const Major major : {Major::kK, Major::kMn}) {
        const std::uint32_t span = swizzle_span(swizzle);
        const bool plain = swizzle == Swizzle::kNone;
        const std::uint32_t group = major == Major::kK ? 256 * 16 : 16 * span;
        const bool exchanged = plain && major == Major::kMn;
        const MatrixDescriptor descriptor{0, exchanged ? 8 * span : group,
                                          exchanged ? group : 8 * span, 0, swizzle};
        std::set<std::uint32_t> addresses;
        for (std::uint32_t mn = 0; mn < 256; ++mn) {
          for (std::uint32_t k = 0; k < 16; ++k) {
            addresses.insert(operand_address(descriptor, major, 2, mn, k));
          }
        }
        CHECK(addresses.size() == 256 * 16);
      }
    }
  }
}

TEST_SUITE("property") {
  TEST_CASE("a descriptor decodes to what it was made of") {
    std::mt19937 random(11);
    for (int i = 0; i < 10000; ++i) {
      const auto bytes = [&] { return static_cast<std::uint32_t>(random() % 0x4000) << 4; };
      const MatrixDescriptor made{bytes(), bytes(), bytes(),
                                  static_cast<std::uint32_t>(random() % 8),
                                  kEverySwizzle[random() % 4]};
      REQUIRE(decode_descriptor(encode_descriptor(made)) == made);
      REQUIRE(descriptor_fault(encode_descriptor(made)) == nullptr);
    }
  }
}

}  // namespace
}  // namespace assay::device
