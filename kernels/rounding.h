// How a float is stored: the element types of operands, their rounding, their unit roundoff.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace assay {

/// tf32 is stored as f32. An int32 is read as an f32, which holds it up to 2^24.
enum class Element { f32, bf16, f16, tf32, fp8_e4m3, fp8_e5m2, fp4_e2m1, int8, int32 };

constexpr std::size_t bits_of(Element element) {
  switch (element) {
    case Element::bf16:
    case Element::f16:
      return 16;
    case Element::fp8_e4m3:
    case Element::fp8_e5m2:
    case Element::int8:
      return 8;
    case Element::fp4_e2m1:
      return 4;
    case Element::f32:
    case Element::tf32:
    case Element::int32:
      break;
  }
  return 32;
}

/// Of one element that has a place of its own.
constexpr std::size_t size_of(Element element) { return (bits_of(element) + 7) / 8; }

/// Of an array.
constexpr std::size_t stored_bytes(Element element, std::size_t count) {
  return (count * bits_of(element) + 7) / 8;
}

/// Half the distance from 1 to the next number: the largest relative error of rounding to nearest.
constexpr double unit_roundoff(Element element) {
  switch (element) {
    case Element::bf16:
    case Element::int8:
      return 0x1p-8;
    case Element::f16:
    case Element::tf32:
      return 0x1p-11;
    case Element::fp8_e4m3:
      return 0x1p-4;
    case Element::fp8_e5m2:
      return 0x1p-3;
    case Element::fp4_e2m1:
      return 0x1p-2;
    case Element::f32:
    case Element::int32:
      break;
  }
  return 0x1p-24;
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
