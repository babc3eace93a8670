// What repeats: written by doubling, compared by periods, and the share of one GPU thread in it.
#include "harness/measure/pattern.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "harness/core/error.h"
#include "harness/measure/pattern_share.h"

namespace assay {
namespace {

std::vector<std::byte> random_bytes(std::size_t count, std::mt19937_64& random) {
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

/// The same memory, made without doubling.
std::vector<std::byte> element_by_element(const ElementPattern& pattern, std::size_t count) {
  std::vector<std::byte> bytes(count * pattern.width());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = pattern.period()[i % pattern.period().size()];
  return bytes;
}

TEST_SUITE("property") {
  TEST_CASE("a pattern fills any length and the bit that was flipped in it is the one found") {
    std::mt19937_64 random(7);
    for (const std::size_t width : {1u, 2u, 4u}) {
      for (const std::size_t elements : {1u, 2u, 3u, 7u, 64u, 1021u}) {
        const ElementPattern pattern(width, random_bytes(elements * width, random));
        for (const std::size_t count : {std::size_t{0}, std::size_t{1}, elements - 1, elements,
                                        elements + 1, 3 * elements, random() % (9 * elements)}) {
          CAPTURE(width);
          CAPTURE(elements);
          CAPTURE(count);
          std::vector<std::byte> memory(count * width);
          pattern.write(memory.data(), count);
          REQUIRE(memory == element_by_element(pattern, count));
          CHECK_FALSE(pattern.first_mismatch(memory.data(), count));
          for (std::size_t wrong = 0; wrong < count; ++wrong) {
            const std::size_t byte = wrong * width + random() % width;
            const auto bit = std::byte{1} << (random() % 8);
            memory[byte] ^= bit;
            CHECK(pattern.first_mismatch(memory.data(), count) == wrong);
            memory[byte] ^= bit;
          }
        }
      }
    }
  }
  TEST_CASE("the shares of many threads fill all elements and find the flipped one") {
    std::mt19937_64 random(8);
    for (const std::uint64_t period : {1u, 5u, 1021u}) {
      const ElementPattern pattern(2, random_bytes(2 * period, random));
      std::vector<std::uint16_t> repeated(period);
      std::memcpy(repeated.data(), pattern.period().data(), 2 * period);
      for (const std::uint64_t threads : {1u, 32u, 1021u, 1500u}) {
        const std::size_t count = 1 + random() % 5000;
        constexpr std::uint16_t kBeyond = 0xFFFF;  // of nobody, and unlike any pattern's next
        std::vector<std::uint16_t> memory(count + 1, kBeyond);
        for (std::uint64_t thread = 0; thread < threads; ++thread)
          fill_share(memory.data(), count, repeated.data(), PatternShare(thread, threads, period));
        const auto* bytes = reinterpret_cast<const std::byte*>(memory.data());
        CHECK_FALSE(pattern.first_mismatch(bytes, count));
        CHECK(memory[count] == kBeyond);
        const auto lowest = [&] {
          std::uint64_t first = kNoMismatch;
          for (std::uint64_t thread = 0; thread < threads; ++thread)
            first = std::min(first, first_mismatch_of_share(memory.data(), count, repeated.data(),
                                                            PatternShare(thread, threads, period)));
          return first;
        };
        CHECK(lowest() == kNoMismatch);
        for (const std::size_t wrong : {std::size_t{0}, count - 1, random() % count}) {
          memory[count - 1] ^= 0x10;  // a later one, which must not be named
          memory[wrong] ^= 0x8000;
          CHECK(lowest() == wrong);
          memory[wrong] ^= 0x8000;
          memory[count - 1] ^= 0x10;
        }
      }
    }
  }
}

TEST_SUITE("unit") {
  TEST_CASE("a thread knows its place in the period beyond four billion elements") {
    constexpr std::uint64_t kElements = std::uint64_t{1} << 34;  // 16 GiB of single bytes
    constexpr std::uint64_t kThreads = 132 * 8 * 256, kPeriod = 1021;
    for (const std::uint64_t thread : {std::uint64_t{0}, std::uint64_t{1}, kThreads - 1}) {
      PatternShare share(thread, kThreads, kPeriod);
      std::uint64_t steps = 0;
      bool right = true;
      for (; share.index() < kElements; share.next(), ++steps)
        right &=
            share.index() == thread + steps * kThreads && share.place() == share.index() % 1021;
      CHECK(right);
      CHECK(steps == (kElements - thread + kThreads - 1) / kThreads);
    }
  }
  TEST_CASE("a pattern has whole elements of one or two or four bytes") {
    CHECK_THROWS_AS(ElementPattern(3, std::vector<std::byte>(3)), Error);
    CHECK_THROWS_AS(ElementPattern(4, std::vector<std::byte>(6)), Error);
    CHECK_THROWS_AS(ElementPattern(2, {}), Error);
    const ElementPattern pattern(2, {std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}});
    CHECK(pattern.bits(0) == 0x0201);
    CHECK(pattern.bits((std::uint64_t{1} << 34) + 1) == 0x0403);
  }
}

}  // namespace
}  // namespace assay
