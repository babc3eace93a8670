// Conversions from float to the matrices' formats, rounded to nearest even, two at a time; and
// back.
#pragma once

#include <cstdint>

#include "kernels/device/formats.h"

namespace assay::device {

/// A packed pair has `low` in its low bits.
__device__ __forceinline__ std::uint32_t pack_bf16(float low, float high) {
  std::uint32_t pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
  return pair;
}

__device__ __forceinline__ std::uint32_t pack_f16(float low, float high) {
  std::uint32_t pair;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
  return pair;
}

/// From sm_89 on. What is too large becomes the largest finite number.
__device__ __forceinline__ std::uint16_t pack_e4m3(float low, float high) {
  std::uint16_t pair;
  asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(pair) : "f"(high), "f"(low));
  return pair;
}

__device__ __forceinline__ std::uint16_t pack_e5m2(float low, float high) {
  std::uint16_t pair;
  asm("cvt.rn.satfinite.e5m2x2.f32 %0, %1, %2;" : "=h"(pair) : "f"(high), "f"(low));
  return pair;
}

/// Exact.
__device__ __forceinline__ float widen(Bf16 value) { return to_float(value); }
__device__ __forceinline__ float widen(F16 value) {
  float wide;
  asm("cvt.f32.f16 %0, %1;" : "=f"(wide) : "h"(value.bits));
  return wide;
}

}  // namespace assay::device
