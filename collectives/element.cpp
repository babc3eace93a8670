// Encodes and decodes every element by its exponent and mantissa widths.
#include "collectives/element.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace assay {

namespace {

struct FloatFormat {
  int exponent_bits, mantissa_bits, bias;
};

/// IEEE 754 and, for the 8-bit two, OCP OFP8 (2023).
FloatFormat format_of(MovedElement element) {
  switch (element) {
    case MovedElement::f16:
      return {5, 10, 15};
    case MovedElement::bf16:
      return {8, 7, 127};
    case MovedElement::fp8_e4m3:
      return {4, 3, 7};
    case MovedElement::fp8_e5m2:
      return {5, 2, 15};
    case MovedElement::f32:
    case MovedElement::int8:
      break;
  }
  return {8, 23, 127};
}

}  // namespace

std::optional<MovedElement> element_of(const std::string& dtype) {
  if (dtype == "f32") return MovedElement::f32;
  if (dtype == "f16") return MovedElement::f16;
  if (dtype == "bf16") return MovedElement::bf16;
  if (dtype == "fp8_e4m3") return MovedElement::fp8_e4m3;
  if (dtype == "fp8_e5m2") return MovedElement::fp8_e5m2;
  if (dtype == "int8") return MovedElement::int8;
  return std::nullopt;
}

int exact_limit(MovedElement element) {
  return element == MovedElement::int8 ? 127 : 1 << (format_of(element).mantissa_bits + 1);
}

std::uint32_t bits_of(MovedElement element, int value) {
  if (element == MovedElement::int8) return static_cast<std::uint8_t>(value);
  if (value == 0) return 0;
  const FloatFormat format = format_of(element);
  const auto magnitude = static_cast<std::uint32_t>(value < 0 ? -value : value);
  const int exponent = std::bit_width(magnitude) - 1;
  const int shift = format.mantissa_bits - exponent;  // -1 only for the limit itself
  const std::uint32_t mantissa =
      shift < 0 ? 0 : (magnitude << shift) - (1u << format.mantissa_bits);
  const auto biased = static_cast<std::uint32_t>(exponent + format.bias);
  const std::uint32_t sign = value < 0 ? 1u << (format.exponent_bits + format.mantissa_bits) : 0;
  return sign | (biased << format.mantissa_bits) | mantissa;
}

double value_of(MovedElement element, std::uint32_t bits) {
  if (element == MovedElement::int8) return static_cast<std::int8_t>(bits);
  if (element == MovedElement::f32) return std::bit_cast<float>(bits);
  const FloatFormat format = format_of(element);
  const std::uint32_t ones = (1u << format.exponent_bits) - 1;
  const std::uint32_t biased = (bits >> format.mantissa_bits) & ones;
  const std::uint32_t mantissa = bits & ((1u << format.mantissa_bits) - 1);
  const bool negative = (bits >> (format.exponent_bits + format.mantissa_bits)) & 1;
  // E4M3 has no infinity, and one NaN; the others are IEEE's.
  const bool special =
      element == MovedElement::fp8_e4m3 ? biased == ones && mantissa == 7 : biased == ones;
  double value = std::ldexp(1.0 + std::ldexp(mantissa, -format.mantissa_bits),
                            static_cast<int>(biased) - format.bias);
  if (biased == 0) value = std::ldexp(mantissa, 1 - format.bias - format.mantissa_bits);
  if (special) value = mantissa == 0 ? INFINITY : NAN;
  return negative ? -value : value;
}

std::uint32_t load_bits(MovedElement element, const std::byte* at) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, at, width_of(element));  // little-endian, as everything here runs on
  return bits;
}

void store_bits(MovedElement element, std::uint32_t bits, std::byte* at) {
  std::memcpy(at, &bits, width_of(element));
}

}  // namespace assay
