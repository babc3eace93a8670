// The numbers that inputs are made of, in constant expressions that kernels share with the host.
//
// Where deviates are made of words, a product and a sum must not be contracted into one
// operation: -ffp-contract=off on the host, -fmad=false on a GPU.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace assay {

/// Which array is filled: operand 0 is A (or the first source), 1 is B, and so on.
struct InputArray {
  std::uint64_t seed = 0;
  std::uint32_t operand = 0;
  std::uint32_t set = 0;
};

/// One block of Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011).
constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                              std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product0)};
    key = {key[0] + kWeyl0, key[1] + kWeyl1};
  }
  return counter;
}

/// Elements 4 block to 4 block + 3 of an array are made from one word each.
constexpr std::array<std::uint32_t, 4> words_of(InputArray array, std::uint64_t block) {
  return philox(
      {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), array.operand,
       array.set},
      {static_cast<std::uint32_t>(array.seed), static_cast<std::uint32_t>(array.seed >> 32)});
}

/// 64 random bits, for choices that must repeat: which rows are checked, which columns are kept.
constexpr std::uint64_t random_bits(InputArray array, std::uint64_t index) {
  const auto words = words_of(array, index);
  return static_cast<std::uint64_t>(words[1]) << 32 | words[0];
}

/// Natural logarithm from basic operations, for x in (0, 1): libm's may differ by platform.
/// log x = e log 2 + 2 atanh(s) with s = (m - 1) / (m + 1), |s| < 0.172; truncation below 1e-11.
constexpr double portable_log(double x) {
  constexpr double kLog2 = 0.69314718055994530942;
  constexpr double kSqrt2 = 1.41421356237309504880;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  double mantissa = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL);
  if (mantissa > kSqrt2) {
    mantissa *= 0.5;
    ++exponent;
  }
  const double s = (mantissa - 1) / (mantissa + 1);
  const double s2 = s * s;
  double series = 1.0 / 13;
  for (int denominator = 11; denominator > 0; denominator -= 2) {
    series = series * s2 + 1.0 / denominator;
  }
  return exponent * kLog2 + 2 * s * series;
}

/// The lower tail area of a word's normal deviate, (word + 1/2) / 2^32, less one half.
constexpr double from_median(std::uint32_t word) { return (word + 0.5) * 0x1p-32 - 0.5; }

/// Whether normal_center() makes the deviate of this area: of 85 in 100 words.
constexpr bool is_center(double q) { return -0.425 <= q && q <= 0.425; }

/// Normal deviates by inversion (Wichura, algorithm AS 241, the PPND7 coefficients); relative error
/// near 1e-7. The third region (areas below 1.4e-11) is out of reach of 32 bits.
constexpr float normal_center(double q) {
  const double r = 0.180625 - q * q;
  const double above = ((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179;
  const double below = ((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1;
  return static_cast<float>(q * above / below);
}

/// `root` is the square root in fp64, rounded to nearest.
template <class Root>
constexpr float normal_tail(std::uint32_t word, Root root) {
  const double p = (word + 0.5) * 0x1p-32;
  const double q = p - 0.5;
  const double r = root(-portable_log(q < 0 ? p : 1 - p)) - 1.6;
  const double above = ((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777;
  const double below = (0.12021132975 * r + 0.73700164250) * r + 1;
  const double magnitude = above / below;
  return static_cast<float>(q < 0 ? -magnitude : magnitude);
}

/// The normal deviate that a word stands for.
template <class Root>
constexpr float normal_from_word(std::uint32_t word, Root root) {
  const double q = from_median(word);
  return is_center(q) ? normal_center(q) : normal_tail(word, root);
}

/// An integer of magnitude 1 to `limit` (a power of two), either sign.
constexpr float integer_from_word(std::uint32_t word, int limit) {
  const auto magnitude =
      static_cast<float>((word >> 1 & (static_cast<std::uint32_t>(limit) - 1)) + 1);
  return (word & 1) != 0 ? -magnitude : magnitude;
}

}  // namespace assay
