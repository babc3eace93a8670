// The element types that Assay measures with: one row each, and the functions that follow from it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace assay {

/// int32 is the accumulator of int8 products; no case id names it.
enum class Dtype : std::uint8_t { f32, tf32, f16, bf16, fp8_e4m3, fp8_e5m2, fp4_e2m1, int8, int32 };

/// How a tensor core accumulates a product of matrices. The error bound depends on it
/// (kernels/README.md, Verification).
struct Accumulation {
  Dtype type = Dtype::f32;
  double roundoff = 0x1p-24;   ///< Unit roundoff of one addition.
  int terms_per_rounding = 1;  ///< Products that are added between two roundings.

  friend bool operator==(const Accumulation&, const Accumulation&) = default;
};

/// A float of 16 bits or fewer: a sign, exponent and mantissa. Codes above the largest finite one
/// are infinity and NaNs. If the format saturates, a value that is too large becomes the largest
/// finite one.
struct FloatFormat {
  int exponent_bits = 0;  ///< 0: the type is not such a float.
  int mantissa_bits = 0;
  std::uint32_t largest_finite = 0;  ///< As a code without sign.
  bool saturates = false;
};

struct DtypeFacts {
  Dtype dtype;
  std::string_view name;  ///< As in case ids and documents.
  int bits;               ///< Of a stored element; a tf32 is stored as an f32.
  int significand_bits;   ///< Including the implicit leading one; for an integer, the bits of its
                          ///< magnitude.
  FloatFormat format;
  Accumulation sum;
  Dtype product;  ///< The type in which a tensor core's product of such matrices is stored.
};

/// A tensor core may truncate a sum instead of rounding it.
inline constexpr Accumulation kCutF32{Dtype::f32, 0x1p-23};
/// Hopper's fp8 products keep about 13 bits of a sum; the 32 products of one instruction are added
/// before that. Blackwell's are assumed to keep no more.
inline constexpr Accumulation kShortF32{Dtype::f32, 0x1p-13, 32};

/// Indexed by Dtype. fp8 is OCP OFP8 (e4m3 has one NaN and no infinity), fp4 OCP MX (neither). An
/// int32 is converted to f32 for computation, which is exact up to 2^24.
inline constexpr std::array kDtypes{
    DtypeFacts{Dtype::f32, "f32", 32, 24, {}, {}, Dtype::f32},
    DtypeFacts{Dtype::tf32, "tf32", 32, 11, {}, kCutF32, Dtype::f32},
    DtypeFacts{Dtype::f16, "f16", 16, 11, {5, 10, 0x7BFF}, kCutF32, Dtype::f16},
    DtypeFacts{Dtype::bf16, "bf16", 16, 8, {8, 7, 0x7F7F}, kCutF32, Dtype::bf16},
    DtypeFacts{Dtype::fp8_e4m3, "fp8_e4m3", 8, 4, {4, 3, 0x7E, true}, kShortF32, Dtype::bf16},
    DtypeFacts{Dtype::fp8_e5m2, "fp8_e5m2", 8, 3, {5, 2, 0x7B, true}, kShortF32, Dtype::bf16},
    DtypeFacts{Dtype::fp4_e2m1, "fp4_e2m1", 4, 2, {2, 1, 0x7, true}, kShortF32, Dtype::bf16},
    DtypeFacts{Dtype::int8, "int8", 8, 7, {}, {Dtype::int32}, Dtype::int32},
    DtypeFacts{Dtype::int32, "int32", 32, 24, {}, {Dtype::int32}, Dtype::int32},
};

constexpr const DtypeFacts& facts_of(Dtype dtype) {
  return kDtypes[static_cast<std::size_t>(dtype)];
}

constexpr std::string_view name(Dtype dtype) { return facts_of(dtype).name; }

/// The dtype of that name, if a case id may have it.
std::optional<Dtype> dtype_named(std::string_view name);

constexpr std::size_t bits_of(Dtype dtype) {
  return static_cast<std::size_t>(facts_of(dtype).bits);
}

/// Bytes of one element that is stored by itself.
constexpr std::size_t size_of(Dtype dtype) { return (bits_of(dtype) + 7) / 8; }

/// Bytes of an array.
constexpr std::size_t stored_bytes(Dtype dtype, std::size_t count) {
  return (count * bits_of(dtype) + 7) / 8;
}

/// Half the distance from 1 to the next number: the largest relative error of rounding to nearest.
constexpr double unit_roundoff(Dtype dtype) {
  return 1.0 / static_cast<double>(std::int64_t{1} << facts_of(dtype).significand_bits);
}

/// Every integer from -limit to limit is exact.
constexpr std::int64_t exact_limit(Dtype dtype) {
  const std::int64_t power = std::int64_t{1} << facts_of(dtype).significand_bits;
  return dtype == Dtype::int8 ? power - 1 : power;  // int8 cannot hold 128
}

/// The bits of the nearest value, in the low bits_of(dtype) bits. For an integer type the value
/// must be one that the type holds.
std::uint32_t code_of(Dtype dtype, float value);
float value_of(Dtype dtype, std::uint32_t code);

/// The nearest value that the type holds; for an integer type the nearest integer.
float rounded(Dtype dtype, float value);

/// Little-endian; 4-bit elements are stored two per byte, the first in its lower half. decode()
/// returns one element more if the last byte holds only one.
std::vector<std::byte> encode(Dtype dtype, std::span<const float> values);
std::vector<float> decode(Dtype dtype, std::span<const std::byte> bytes);

}  // namespace assay
