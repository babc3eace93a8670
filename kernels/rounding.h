// How a float is stored: the element types of operands, their rounding, their unit roundoff.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace assay {

enum class Element { f32, bf16 };

constexpr std::size_t size_of(Element element) { return element == Element::f32 ? 4 : 2; }

/// Half the distance from 1 to the next number: the largest relative error of rounding to nearest.
constexpr double unit_roundoff(Element element) {
  return element == Element::f32 ? 0x1p-24 : 0x1p-8;
}

/// Round to nearest, ties to even; a NaN stays one.
constexpr std::uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return static_cast<std::uint16_t>(bits >> 16 | 0x0040);
  return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

constexpr float from_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace assay
