// Sums by element, as Gloo's collectives take them: out = a + b, element by element.
#pragma once

#include <bit>
#include <cstdint>

#include "collectives/communicator.h"

namespace assay {

using Add = void (*)(void* out, const void* a, const void* b, std::size_t count);

inline float widened(std::uint16_t bf16) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bf16) << 16);
}

/// Round to nearest, ties to even. The sums that are checked are exact; NaN stays NaN.
inline std::uint16_t narrowed(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (value != value) return static_cast<std::uint16_t>((bits >> 16) | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

template <class T>
void add_numbers(void* out, const void* a, const void* b, std::size_t count) {
  const T *x = static_cast<const T*>(a), *y = static_cast<const T*>(b);
  T* sum = static_cast<T*>(out);
  for (std::size_t i = 0; i < count; ++i) sum[i] = static_cast<T>(x[i] + y[i]);
}

inline void add_bf16(void* out, const void* a, const void* b, std::size_t count) {
  const auto *x = static_cast<const std::uint16_t*>(a), *y = static_cast<const std::uint16_t*>(b);
  auto* sum = static_cast<std::uint16_t*>(out);
  for (std::size_t i = 0; i < count; ++i) sum[i] = narrowed(widened(x[i]) + widened(y[i]));
}

/// Null where there is none.
inline Add adder(MovedElement element) {
  switch (element) {
    case MovedElement::f32:
      return add_numbers<float>;
    case MovedElement::bf16:
      return add_bf16;
    case MovedElement::int8:
      return add_numbers<std::int8_t>;
    case MovedElement::f16:
    case MovedElement::fp8_e4m3:
    case MovedElement::fp8_e5m2:
      break;
  }
  return nullptr;
}

}  // namespace assay
