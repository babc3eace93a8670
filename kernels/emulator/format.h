// The element types of products, by name, and what their bytes are worth.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/device/formats.h"

namespace assay::emulator {

enum class Format { kBf16, kF16, kTf32, kE4m3, kE5m2, kS8 };

constexpr std::uint32_t format_bytes(Format format) {
  switch (format) {
    case Format::kBf16:
    case Format::kF16:
      return 2;
    case Format::kTf32:
      return 4;
    case Format::kE4m3:
    case Format::kE5m2:
    case Format::kS8:
      break;
  }
  return 1;
}

template <typename T>
float load_element(const char* bytes) {
  T value;
  std::memcpy(&value.bits, bytes, sizeof value.bits);
  return device::to_float(value);
}

/// The element at `bytes` as a number; a product of any two is exact in a float.
inline float decode(Format format, const char* bytes) {
  switch (format) {
    case Format::kBf16:
      return load_element<device::Bf16>(bytes);
    case Format::kF16:
      return load_element<device::F16>(bytes);
    case Format::kTf32:
      return load_element<device::Tf32>(bytes);
    case Format::kE4m3:
      return load_element<device::E4m3>(bytes);
    case Format::kE5m2:
      return load_element<device::E5m2>(bytes);
    case Format::kS8:
      break;
  }
  return static_cast<float>(static_cast<signed char>(*bytes));
}

}  // namespace assay::emulator
