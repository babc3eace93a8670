// Element-wise sums with the signature that Gloo's collectives use: out = a + b.
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/core/dtype.h"
#include "harness/core/small_float.h"

namespace assay {

using Add = void (*)(void* out, const void* a, const void* b, std::size_t count);

template <class T>
void add_numbers(void* out, const void* a, const void* b, std::size_t count) {
  const T *x = static_cast<const T*>(a), *y = static_cast<const T*>(b);
  T* sum = static_cast<T*>(out);
  for (std::size_t i = 0; i < count; ++i) sum[i] = static_cast<T>(x[i] + y[i]);
}

inline void add_bf16(void* out, const void* a, const void* b, std::size_t count) {
  const auto *x = static_cast<const std::uint16_t*>(a), *y = static_cast<const std::uint16_t*>(b);
  auto* sum = static_cast<std::uint16_t*>(out);
  for (std::size_t i = 0; i < count; ++i) sum[i] = to_bf16(from_bf16(x[i]) + from_bf16(y[i]));
}

/// Null if the type has none.
inline Add adder(Dtype element) {
  switch (element) {
    case Dtype::f32:
      return add_numbers<float>;
    case Dtype::bf16:
      return add_bf16;
    case Dtype::int8:
      return add_numbers<std::int8_t>;
    default:
      return nullptr;
  }
}

}  // namespace assay
