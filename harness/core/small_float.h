// Converts floats of at most 16 bits to and from float, bit for bit, in constant expressions that
// device code shares.
#pragma once

#include <bit>
#include <cstdint>

#include "harness/core/dtype.h"

namespace assay {

/// The conversions of a FloatFormat, equal to those of the GPU's cvt.rn: to nearest, ties to even.
/// A value that is too large becomes infinity or, with kSaturates (satfinite), the largest finite
/// one. Any NaN becomes all ones. Subnormals are kept.
template <int kExponent, int kMantissa, std::uint32_t kLargestFinite, bool kSaturates>
struct SmallFloat {
  static constexpr int kBias = (1 << (kExponent - 1)) - 1;
  static constexpr std::uint32_t kSignBit = 1u << (kExponent + kMantissa);

  static constexpr std::uint32_t encode(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7FFFFFFF) > 0x7F800000) return kSignBit - 1;
    constexpr std::uint32_t kLargest = kSaturates ? kLargestFinite : kLargestFinite + 1;
    const std::uint32_t code = magnitude_code(value);
    return (bits >> 31 != 0 ? kSignBit : 0) | (code > kLargest ? kLargest : code);
  }

  static constexpr float decode(std::uint32_t code) {
    const float magnitude = magnitude_value(code & (kSignBit - 1));
    return (code & kSignBit) != 0 ? -magnitude : magnitude;
  }

 private:
  /// |value| as a code. A value that is too large gives a code above kLargestFinite.
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

  static constexpr float magnitude_value(std::uint32_t code) {
    const std::uint32_t exponent = code >> kMantissa;
    const std::uint32_t mantissa = code & ((1u << kMantissa) - 1);
    if (code > kLargestFinite)
      return std::bit_cast<float>(0x7F800000u | mantissa << (23 - kMantissa));
    if (exponent == 0) {
      const auto smallest =
          std::bit_cast<float>(static_cast<std::uint32_t>(128 - kBias - kMantissa) << 23);
      return static_cast<float>(mantissa) * smallest;
    }
    return std::bit_cast<float>((exponent + 127 - kBias) << 23 | mantissa << (23 - kMantissa));
  }
};

template <Dtype kDtype>
using SmallFloatOf =
    SmallFloat<facts_of(kDtype).format.exponent_bits, facts_of(kDtype).format.mantissa_bits,
               facts_of(kDtype).format.largest_finite, facts_of(kDtype).format.saturates>;

/// A bf16 is the upper half of a float. These equal encode() and decode() of a SmallFloat<8, 7,
/// 0x7F7F, false>, but take few operations, for loops over arrays.
constexpr std::uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return 0x7FFF;
  return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

constexpr float from_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace assay
