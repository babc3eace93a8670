// The number formats against independent readings: ldexp for values, a search for roundings.
#include "kernels/device/formats.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <vector>

namespace assay::device {
namespace {

/// A format in the words of its specification, to judge the conversions by.
struct Reading {
  int exponent_bits;
  int mantissa_bits;
  std::uint32_t largest_finite;  ///< code without sign
  std::uint32_t overflow;        ///< code that too large a value becomes
};

constexpr Reading kBf16{8, 7, 0x7F7F, 0x7F80};
constexpr Reading kF16{5, 10, 0x7BFF, 0x7C00};
constexpr Reading kE4m3{4, 3, 0x7E, 0x7E};
constexpr Reading kE5m2{5, 2, 0x7B, 0x7B};
constexpr Reading kE2m1{2, 1, 0x7, 0x7};

double value_of(const Reading& format, std::uint32_t code) {
  const int bias = (1 << (format.exponent_bits - 1)) - 1;
  const int exponent = static_cast<int>(code >> format.mantissa_bits);
  const int mantissa = static_cast<int>(code & ((1u << format.mantissa_bits) - 1));
  if (exponent == 0) return std::ldexp(mantissa, 1 - bias - format.mantissa_bits);
  return std::ldexp((1 << format.mantissa_bits) + mantissa, exponent - bias - format.mantissa_bits);
}

/// The nearest code by halving the ordered codes; the even one of two that are as near.
std::uint32_t nearest_code(const Reading& format, float value) {
  const double magnitude = std::fabs(static_cast<double>(value));
  std::uint32_t low = 0;
  std::uint32_t high = format.largest_finite + 1;  // one above: where the next value would lie
  if (magnitude >= value_of(format, high)) return format.overflow;
  while (high - low > 1) {
    const std::uint32_t middle = (low + high) / 2;
    (value_of(format, middle) <= magnitude ? low : high) = middle;
  }
  const double below = magnitude - value_of(format, low);
  const double above = value_of(format, high) - magnitude;
  const bool up = above < below || (above == below && low % 2 == 1);
  const std::uint32_t nearest = up ? high : low;
  return nearest > format.largest_finite ? format.overflow : nearest;
}

std::uint32_t expected_code(const Reading& format, float value) {
  const std::uint32_t sign = 1u << (format.exponent_bits + format.mantissa_bits);
  return nearest_code(format, value) | (std::signbit(value) ? sign : 0);
}

/// Every upper half of a float with the lower halves on which roundings turn, then random ones.
template <typename Visit>
void visit_floats(Visit visit) {
  constexpr std::uint32_t kLower[] = {0,      1,      0x0FFF, 0x1000, 0x1001, 0x1FFF,
                                      0x2000, 0x7FFF, 0x8000, 0x8001, 0xFFFF};
  for (std::uint32_t upper = 0; upper < 0x10000; ++upper) {
    for (const std::uint32_t lower : kLower) {
      const auto value = std::bit_cast<float>(upper << 16 | lower);
      if (!std::isnan(value)) visit(value);
    }
  }
  const char* soak = std::getenv("ASSAY_SOAK_COUNT");
  const int count = soak != nullptr ? std::atoi(soak) * 1000 : 20000;
  std::mt19937 random(7);
  for (int i = 0; i < count; ++i) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (!std::isnan(value)) visit(value);
  }
}

template <typename Convert>
void check_rounding(const Reading& format, Convert convert) {
  int wrong = 0;
  visit_floats([&](float value) {
    const std::uint32_t got = convert(value).bits;
    const std::uint32_t wanted = expected_code(format, value);
    if (got != wanted && ++wrong < 5) {
      FAIL_CHECK("rounding ", value, " gave code ", got, ", not ", wanted);
    }
  });
  CHECK(wrong == 0);
}

template <typename T, typename Convert>
void check_values(const Reading& format, Convert convert) {
  const std::uint32_t sign = 1u << (format.exponent_bits + format.mantissa_bits);
  for (std::uint32_t code = 0; code <= format.largest_finite; ++code) {
    const T positive{static_cast<decltype(T::bits)>(code)};
    const T negative{static_cast<decltype(T::bits)>(code | sign)};
    REQUIRE(static_cast<double>(to_float(positive)) == value_of(format, code));
    REQUIRE(static_cast<double>(to_float(negative)) == -value_of(format, code));
    REQUIRE(std::signbit(to_float(negative)));
    REQUIRE(convert(to_float(positive)).bits == positive.bits);
    REQUIRE(convert(to_float(negative)).bits == negative.bits);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("every finite code of each format has the documented value and survives a round trip") {
    check_values<Bf16>(kBf16, to_bf16);
    check_values<F16>(kF16, to_f16);
    check_values<E4m3>(kE4m3, to_e4m3);
    check_values<E5m2>(kE5m2, to_e5m2);
    check_values<E2m1>(kE2m1, to_e2m1);
  }

  TEST_CASE("infinities and NaNs are decoded as each format documents") {
    CHECK(std::isinf(to_float(Bf16{0x7F80})));
    CHECK(to_float(Bf16{0xFF80}) < 0);
    CHECK(std::isinf(to_float(F16{0x7C00})));
    CHECK(to_float(F16{0xFC00}) < 0);
    CHECK(std::isinf(to_float(E5m2{0x7C})));
    CHECK(std::isnan(to_float(Bf16{0x7F81})));
    CHECK(std::isnan(to_float(F16{0x7C01})));
    CHECK(std::isnan(to_float(E5m2{0x7D})));
    CHECK(std::isnan(to_float(E4m3{0x7F})));
    CHECK(std::isnan(to_float(E4m3{0xFF})));
    CHECK(to_float(E4m3{0x7E}) == 448.0f);
    CHECK(to_float(E5m2{0x7B}) == 57344.0f);
  }

  TEST_CASE("a NaN becomes the NaN that cvt writes and an infinity saturates where it must") {
    const float nan = std::bit_cast<float>(0xFF800001u);
    CHECK(to_bf16(nan).bits == 0x7FFF);
    CHECK(to_f16(nan).bits == 0x7FFF);
    CHECK(to_e4m3(nan).bits == 0x7F);
    CHECK(to_e5m2(nan).bits == 0x7F);
    CHECK(to_e2m1(nan).bits == 0x7);
    CHECK(to_e2m1(-INFINITY).bits == 0xF);
    CHECK(to_e4m3(-INFINITY).bits == 0xFE);
    CHECK(to_e5m2(INFINITY).bits == 0x7B);
    CHECK(to_bf16(-INFINITY).bits == 0xFF80);
    CHECK(to_f16(INFINITY).bits == 0x7C00);
  }

  TEST_CASE("tf32 cuts the low thirteen bits of a float and rounds nothing") {
    CHECK(std::bit_cast<std::uint32_t>(to_float(to_tf32(std::bit_cast<float>(0x3F801FFFu)))) ==
          0x3F800000u);
    CHECK(std::bit_cast<std::uint32_t>(to_float(to_tf32(std::bit_cast<float>(0xBF803FFFu)))) ==
          0xBF802000u);
  }

  TEST_CASE("the conversions are constant expressions") {
    static_assert(to_bf16(1.0f).bits == 0x3F80);
    static_assert(to_f16(-2.0f).bits == 0xC000);
    static_assert(to_e4m3(1.5f).bits == 0x3C);
    static_assert(to_e5m2(1e9f).bits == 0x7B);
    static_assert(to_float(F16{0x3C00}) == 1.0f);
    CHECK(true);
  }
}

TEST_SUITE("property") {
  TEST_CASE("rounding to bf16 takes the nearest code and the even one of two") {
    check_rounding(kBf16, to_bf16);
  }
  TEST_CASE("rounding to f16 takes the nearest code and the even one of two") {
    check_rounding(kF16, to_f16);
  }
  TEST_CASE("rounding to e4m3 takes the nearest code and the even one of two") {
    check_rounding(kE4m3, to_e4m3);
  }
  TEST_CASE("rounding to e5m2 takes the nearest code and the even one of two") {
    check_rounding(kE5m2, to_e5m2);
  }
  TEST_CASE("rounding to e2m1 takes the nearest code and the even one of two") {
    check_rounding(kE2m1, to_e2m1);
  }
}

}  // namespace
}  // namespace assay::device
