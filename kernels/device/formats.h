// The number formats of the matrices and their conversions to and from float, bit for bit.
#pragma once

#include <bit>
#include <cstdint>

#include "kernels/device/element.h"

namespace assay::device {

/// A sign, kExponent bits and kMantissa bits, with subnormals; what the top codes mean is up to the
/// callers below.
template <int kExponent, int kMantissa>
struct SmallFloat {
  static constexpr int kBias = (1 << (kExponent - 1)) - 1;
  static constexpr std::uint32_t kSignBit = 1u << (kExponent + kMantissa);

  /// |value| rounded to nearest even, as a code without sign. Every value that is too large gives a
  /// code above the largest finite one, for the caller to saturate. Not for NaN.
  static constexpr std::uint32_t magnitude_code(float value) {
    const std::uint32_t magnitude = std::bit_cast<std::uint32_t>(value) & 0x7FFFFFFF;
    const bool is_normal = magnitude >= 0x00800000;
    const int exponent = is_normal ? static_cast<int>(magnitude >> 23) - 127 : -126;
    const std::uint32_t significand = (magnitude & 0x007FFFFF) | (is_normal ? 0x00800000 : 0);
    const int below_normal = exponent < 1 - kBias ? 1 - kBias - exponent : 0;
    const int shift = 23 - kMantissa + below_normal;
    if (shift > 24) return 0;  // less than half of the smallest subnormal
    const std::uint32_t half = (1u << shift) >> 1;
    const std::uint32_t odd = significand >> shift & 1;
    const std::uint32_t rounded =
        shift == 0 ? significand : (significand + half - 1 + odd) >> shift;
    // A significand that rounds up to the next power of two carries into the exponent by itself.
    const bool has_leading_one = below_normal == 0 && is_normal;
    return has_leading_one
               ? (static_cast<std::uint32_t>(exponent + kBias - 1) << kMantissa) + rounded
               : rounded;
  }

  /// The value of a finite code without its sign.
  static constexpr float magnitude_value(std::uint32_t code) {
    const std::uint32_t exponent = code >> kMantissa;
    const std::uint32_t mantissa = code & ((1u << kMantissa) - 1);
    if (exponent == 0) {
      const auto smallest =
          std::bit_cast<float>(static_cast<std::uint32_t>(128 - kBias - kMantissa) << 23);
      return static_cast<float>(mantissa) * smallest;
    }
    return std::bit_cast<float>((exponent + 127 - kBias) << 23 | mantissa << (23 - kMantissa));
  }

  static constexpr std::uint32_t sign_code(float value) {
    return std::bit_cast<std::uint32_t>(value) >> 31 != 0 ? kSignBit : 0;
  }
};

constexpr bool is_nan(float value) {
  return (std::bit_cast<std::uint32_t>(value) & 0x7FFFFFFF) > 0x7F800000;
}

constexpr float with_sign(float magnitude, bool negative) {
  return negative ? -magnitude : magnitude;
}

constexpr float to_float(Bf16 value) {
  return std::bit_cast<float>(std::uint32_t{value.bits} << 16);
}

constexpr float to_float(F16 value) {
  using Format = SmallFloat<5, 10>;
  const std::uint32_t code = value.bits & 0x7FFFu;
  const bool negative = (value.bits & 0x8000) != 0;
  if (code >= 0x7C00) {
    return with_sign(std::bit_cast<float>(0x7F800000u | (code & 0x3FF) << 13), negative);
  }
  return with_sign(Format::magnitude_value(code), negative);
}

/// What a tensor core reads of it: the low 13 bits are cut off, not rounded.
constexpr float to_float(Tf32 value) { return std::bit_cast<float>(value.bits & 0xFFFFE000u); }

/// No infinity; one NaN, all ones.
constexpr float to_float(E4m3 value) {
  const std::uint32_t code = value.bits & 0x7Fu;
  const bool negative = (value.bits & 0x80) != 0;
  if (code == 0x7F) return with_sign(std::bit_cast<float>(0x7FC00000u), negative);
  return with_sign(SmallFloat<4, 3>::magnitude_value(code), negative);
}

constexpr float to_float(E5m2 value) {
  const std::uint32_t code = value.bits & 0x7Fu;
  const bool negative = (value.bits & 0x80) != 0;
  if (code >= 0x7C) {
    return with_sign(std::bit_cast<float>(0x7F800000u | (code & 3) << 21), negative);
  }
  return with_sign(SmallFloat<5, 2>::magnitude_value(code), negative);
}

/// Neither infinity nor NaN.
constexpr float to_float(E2m1 value) {
  return with_sign(SmallFloat<2, 1>::magnitude_value(value.bits & 0x7u), (value.bits & 0x8) != 0);
}

/// cvt.rn.bf16.f32: to nearest even, what is too large to infinity, any NaN to 0x7FFF.
constexpr Bf16 to_bf16(float value) {
  using Format = SmallFloat<8, 7>;
  if (is_nan(value)) return {0x7FFF};
  const std::uint32_t code = Format::magnitude_code(value);
  const std::uint32_t finite = code > 0x7F80 ? 0x7F80 : code;
  return {static_cast<std::uint16_t>(Format::sign_code(value) | finite)};
}

/// cvt.rn.f16.f32, likewise.
constexpr F16 to_f16(float value) {
  using Format = SmallFloat<5, 10>;
  if (is_nan(value)) return {0x7FFF};
  const std::uint32_t code = Format::magnitude_code(value);
  const std::uint32_t finite = code > 0x7C00 ? 0x7C00 : code;
  return {static_cast<std::uint16_t>(Format::sign_code(value) | finite)};
}

/// A float as it lies in memory; the cut happens where it is read.
constexpr Tf32 to_tf32(float value) { return {std::bit_cast<std::uint32_t>(value)}; }

/// cvt.rn.satfinite.e4m3x2.f32: what is too large, infinity too, becomes 448; any NaN 0x7F.
constexpr E4m3 to_e4m3(float value) {
  using Format = SmallFloat<4, 3>;
  if (is_nan(value)) return {0x7F};
  const std::uint32_t code = Format::magnitude_code(value);
  const std::uint32_t finite = code > 0x7E ? 0x7E : code;
  return {static_cast<std::uint8_t>(Format::sign_code(value) | finite)};
}

/// cvt.rn.satfinite.e5m2x2.f32: what is too large, infinity too, becomes 57344; any NaN 0x7F.
constexpr E5m2 to_e5m2(float value) {
  using Format = SmallFloat<5, 2>;
  if (is_nan(value)) return {0x7F};
  const std::uint32_t code = Format::magnitude_code(value);
  const std::uint32_t finite = code > 0x7B ? 0x7B : code;
  return {static_cast<std::uint8_t>(Format::sign_code(value) | finite)};
}

/// cvt.rn.satfinite.e2m1x2.f32: what is too large, infinity and NaN too, becomes 6.
constexpr E2m1 to_e2m1(float value) {
  using Format = SmallFloat<2, 1>;
  if (is_nan(value)) return {0x7};
  const std::uint32_t code = Format::magnitude_code(value);
  const std::uint32_t finite = code > 0x7 ? 0x7 : code;
  return {static_cast<std::uint8_t>(Format::sign_code(value) | finite)};
}

}  // namespace assay::device
