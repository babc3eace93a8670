// The matrices' element types to and from float, bit for bit as the GPU's cvt converts them.
#pragma once

#include <bit>
#include <cstdint>

#include "harness/core/small_float.h"
#include "kernels/device/element.h"

namespace assay::device {

constexpr float to_float(Bf16 value) { return from_bf16(value.bits); }
constexpr float to_float(F16 value) { return SmallFloatOf<Dtype::f16>::decode(value.bits); }
/// What a tensor core reads of it: the low 13 bits are cut off, not rounded.
constexpr float to_float(Tf32 value) { return std::bit_cast<float>(value.bits & 0xFFFFE000u); }
constexpr float to_float(E4m3 value) { return SmallFloatOf<Dtype::fp8_e4m3>::decode(value.bits); }
constexpr float to_float(E5m2 value) { return SmallFloatOf<Dtype::fp8_e5m2>::decode(value.bits); }
constexpr float to_float(E2m1 value) { return SmallFloatOf<Dtype::fp4_e2m1>::decode(value.bits); }

constexpr Bf16 to_bf16(float value) { return {assay::to_bf16(value)}; }
constexpr F16 to_f16(float value) {
  return {static_cast<std::uint16_t>(SmallFloatOf<Dtype::f16>::encode(value))};
}
/// A float as it lies in memory; the cut happens where it is read.
constexpr Tf32 to_tf32(float value) { return {std::bit_cast<std::uint32_t>(value)}; }
constexpr E4m3 to_e4m3(float value) {
  return {static_cast<std::uint8_t>(SmallFloatOf<Dtype::fp8_e4m3>::encode(value))};
}
constexpr E5m2 to_e5m2(float value) {
  return {static_cast<std::uint8_t>(SmallFloatOf<Dtype::fp8_e5m2>::encode(value))};
}
constexpr E2m1 to_e2m1(float value) {
  return {static_cast<std::uint8_t>(SmallFloatOf<Dtype::fp4_e2m1>::encode(value))};
}

}  // namespace assay::device
