// The generator: the published test vectors, the same bits everywhere, the distribution.
#include "kernels/inputs.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/thread_pool.h"
#include "kernels/verify.h"

namespace assay {
namespace {

using Words = std::array<std::uint32_t, 4>;

std::vector<float> normals(std::size_t count, InputArray array, std::uint64_t first = 0) {
  std::vector<float> out(count);
  fill_normal(out, array, first);
  return out;
}

TEST_SUITE("unit") {
  TEST_CASE("Philox answers the published test vectors") {
    CHECK(philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    constexpr std::uint32_t kOnes = 0xFFFFFFFF;
    CHECK(philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}) ==
          Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
  }

  TEST_CASE("normal inputs agree with an independent inverse of the normal distribution") {
    // From Python's statistics.NormalDist().inv_cdf over the same Philox words.
    const double first[] = {0.2870419,  -0.0788234689, -1.45213715,  -0.410112943,
                            2.24821164, -0.448036628,  0.0348646032, -0.114765237};
    const double other[] = {1.08588912,   -0.522263189, -1.21873705, 0.213487787,
                            -0.571096634, 0.0187078319, 0.712653181, -0.673525703};
    const auto a = normals(8, {42, 0, 0}), b = normals(8, {42, 1, 3});
    for (std::size_t i = 0; i < 8; ++i) {
      CHECK(a[i] == doctest::Approx(first[i]).epsilon(1e-6));
      CHECK(b[i] == doctest::Approx(other[i]).epsilon(1e-6));
    }
  }

  TEST_CASE("integer inputs are the golden ones and never zero") {
    std::vector<float> values(4096);
    fill_integer(values, {42, 0, 0}, 4);
    CHECK(std::vector<float>(values.begin(), values.begin() + 4) ==
          std::vector<float>{-2, -2, -3, -4});
    for (const float value : values) {
      REQUIRE(std::abs(value) >= 1);
      REQUIRE(std::abs(value) <= 4);
    }
  }

  TEST_CASE("an array made in pieces by many threads is the array made at once") {
    const auto whole = normals(10007, {7, 1, 2});
    std::vector<float> pieces(whole.size());
    ThreadPool threads(5);
    threads.run([&](int thread) {
      const Part part = part_of(static_cast<std::int64_t>(pieces.size()), thread, 5);
      const auto first = static_cast<std::size_t>(part.first);
      fill_normal({pieces.data() + first, static_cast<std::size_t>(part.last - part.first)},
                  {7, 1, 2}, first);
    });
    CHECK(pieces == whole);
  }

  TEST_CASE("seed and operand and set each give other data") {
    const auto base = normals(64, {1, 0, 0});
    CHECK(base != normals(64, {2, 0, 0}));
    CHECK(base != normals(64, {1 + (1ULL << 32), 0, 0}));
    CHECK(base != normals(64, {1, 1, 0}));
    CHECK(base != normals(64, {1, 0, 1}));
  }
}

TEST_SUITE("golden") {
  TEST_CASE("the first 65536 normal inputs of seed 42 keep their bits") {
    const auto values = normals(65536, {42, 0, 0});
    CHECK(checksum(values.data(), values.size(), 4) == "00007f0c714bb8907ee053c5eb504a6c");
  }
}

TEST_SUITE("property") {
  TEST_CASE("normal inputs have the moments and the tails of a normal distribution") {
    const auto values = normals(1 << 20, {3, 0, 0});
    double sum = 0, squares = 0, cubes = 0, fourths = 0;
    int beyond_three = 0;
    double least = 1, most = 0;
    for (const double x : values) {
      least = std::min(least, std::abs(x));
      most = std::max(most, std::abs(x));
      sum += x;
      squares += x * x;
      cubes += x * x * x;
      fourths += x * x * x * x;
      beyond_three += std::abs(x) > 3;
    }
    CHECK(least > 0);
    CHECK(most < 6.4);
    const auto n = static_cast<double>(values.size());
    // Five standard errors each: sqrt(1 2 15 96 / n), and a binomial of p = 0.0027.
    CHECK(std::abs(sum / n) < 5 * std::sqrt(1 / n));
    CHECK(std::abs(squares / n - 1) < 5 * std::sqrt(2 / n));
    CHECK(std::abs(cubes / n) < 5 * std::sqrt(15 / n));
    CHECK(std::abs(fourths / n - 3) < 5 * std::sqrt(96 / n));
    CHECK(std::abs(beyond_three - 0.0026998 * n) < 5 * std::sqrt(0.0027 * n));
  }
}

}  // namespace
}  // namespace assay
