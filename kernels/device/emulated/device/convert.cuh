// Conversions from float to the matrices' formats and back, emulated by formats.h.
#pragma once

#include <cstdint>

#include "kernels/device/formats.h"

namespace assay::device {

inline std::uint32_t pack_bf16(float low, float high) {
  return to_bf16(low).bits | static_cast<std::uint32_t>(to_bf16(high).bits) << 16;
}

inline std::uint32_t pack_f16(float low, float high) {
  return to_f16(low).bits | static_cast<std::uint32_t>(to_f16(high).bits) << 16;
}

inline std::uint16_t pack_e4m3(float low, float high) {
  return static_cast<std::uint16_t>(to_e4m3(low).bits | to_e4m3(high).bits << 8);
}

inline std::uint16_t pack_e5m2(float low, float high) {
  return static_cast<std::uint16_t>(to_e5m2(low).bits | to_e5m2(high).bits << 8);
}

inline float widen(Bf16 value) { return to_float(value); }
inline float widen(F16 value) { return to_float(value); }

}  // namespace assay::device
