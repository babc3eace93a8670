// What the codes of every element type mean, in constant expressions that device code shares.
#pragma once

#include "harness/core/small_float.h"

namespace assay {

/// encode() and decode() of one type. A value that an integer type does not hold is undefined.
template <Dtype kDtype>
struct Codec : SmallFloatOf<kDtype> {};

template <>
struct Codec<Dtype::f32> {
  static constexpr std::uint32_t encode(float value) { return std::bit_cast<std::uint32_t>(value); }
  static constexpr float decode(std::uint32_t code) { return std::bit_cast<float>(code); }
};

template <>
struct Codec<Dtype::tf32> : Codec<Dtype::f32> {
  /// To 10 bits after the leading one: what a tensor core reads without cutting anything off.
  static constexpr std::uint32_t encode(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return (bits + 0xFFF + (bits >> 13 & 1)) & 0xFFFFE000U;
  }
};

template <>
struct Codec<Dtype::bf16> {
  static constexpr std::uint32_t encode(float value) { return to_bf16(value); }
  static constexpr float decode(std::uint32_t code) {
    return from_bf16(static_cast<std::uint16_t>(code));
  }
};

template <>
struct Codec<Dtype::int8> {
  static constexpr std::uint32_t encode(float value) {
    return static_cast<std::uint8_t>(static_cast<std::int8_t>(value));
  }
  static constexpr float decode(std::uint32_t code) {
    return static_cast<float>(static_cast<std::int8_t>(code));
  }
};

template <>
struct Codec<Dtype::int32> {
  static constexpr std::uint32_t encode(float value) {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(value));
  }
  static constexpr float decode(std::uint32_t code) {
    return static_cast<float>(static_cast<std::int32_t>(code));
  }
};

/// code_of(), value_of() and bits_of() by the dtype of a kernel's argument: device code cannot
/// index kDtypes.
template <std::size_t kFirst = 0>
constexpr std::uint32_t encoded(Dtype dtype, float value) {
  constexpr Dtype kDtype = kDtypes[kFirst].dtype;
  if constexpr (kFirst + 1 < kDtypes.size()) {
    if (dtype != kDtype) return encoded<kFirst + 1>(dtype, value);
  }
  return Codec<kDtype>::encode(value);
}

template <std::size_t kFirst = 0>
constexpr float decoded(Dtype dtype, std::uint32_t code) {
  constexpr Dtype kDtype = kDtypes[kFirst].dtype;
  if constexpr (kFirst + 1 < kDtypes.size()) {
    if (dtype != kDtype) return decoded<kFirst + 1>(dtype, code);
  }
  return Codec<kDtype>::decode(code);
}

template <std::size_t kFirst = 0>
constexpr int element_bits(Dtype dtype) {
  constexpr Dtype kDtype = kDtypes[kFirst].dtype;
  constexpr int kBits = kDtypes[kFirst].bits;
  if constexpr (kFirst + 1 < kDtypes.size()) {
    if (dtype != kDtype) return element_bits<kFirst + 1>(dtype);
  }
  return kBits;
}

}  // namespace assay
