// Conversions between float and the matrices' formats, rounded to nearest even; two at a time.
#pragma once

#include <cstdint>

namespace assay::device {

/// The packed pair has `low` in its low bits: cvt.rn.bf16x2.f32, cvt.rn.f16x2.f32.
__device__ __forceinline__ std::uint32_t pack_bf16(float low, float high);
__device__ __forceinline__ std::uint32_t pack_f16(float low, float high);
/// cvt.rn.satfinite.e4m3x2.f32 and .e5m2x2.f32: what is too large becomes the largest finite.
__device__ __forceinline__ std::uint16_t pack_e4m3(float low, float high);
__device__ __forceinline__ std::uint16_t pack_e5m2(float low, float high);

}  // namespace assay::device
