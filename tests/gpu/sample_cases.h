// Small cases with made-up outcomes, for the tests of what needs neither emulator nor GPU.
#pragma once

#include <cstring>

#include "kernels/device/formats.h"
#include "tests/gpu/ladder_case.h"

namespace assay::gpu {

inline void put_bf16(Bytes& array, std::size_t index, float value) {
  const device::Bf16 stored = device::to_bf16(value);
  std::memcpy(array.data() + index * 2, &stored.bits, 2);
}

/// All of A is 1, row j of B is 1 + j / 4, and C is right: 64 (1 + j / 4).
inline LadderCase sample_product(std::string_view data) {
  LadderCase one;
  one.variant = "product";
  one.dtype = "bf16";
  one.shape = {8, 8, 64};
  one.data = data;
  one.a.resize(one.bytes_a());
  one.b.resize(one.bytes_b());
  one.c.resize(one.bytes_c());
  for (std::size_t i = 0; i < 8 * 64; ++i) {
    put_bf16(one.a, i, 1);
    put_bf16(one.b, i, 1 + static_cast<float>(i / 64) / 4);
  }
  for (std::size_t i = 0; i < 8 * 8; ++i) {
    put_bf16(one.c, i, 64 * (1 + static_cast<float>(i % 8) / 4));
  }
  return one;
}

/// A copy of floats: 1, 2, 3, ...
inline LadderCase sample_copy(std::string_view data) {
  LadderCase one;
  one.variant = "copy";
  one.dtype = "f32";
  one.shape = {6, 4, 0};
  one.data = data;
  one.a.resize(one.bytes_a());
  for (std::size_t i = 0; i < 24; ++i) {
    const auto value = static_cast<float>(i + 1);
    std::memcpy(one.a.data() + i * 4, &value, 4);
  }
  one.c = one.a;
  return one;
}

}  // namespace assay::gpu
