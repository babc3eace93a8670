// Makes an operand on the device, with the bits that the host's generator makes.
#pragma once

#include "kernels/gemm/exact_values.h"
#include "kernels/gemm/on_device/element.cuh"

namespace assay::on_device {

__device__ inline std::uint32_t word_at(InputArray array, std::int64_t index) {
  const auto words = words_of(array, static_cast<std::uint64_t>(index / 4));
  const int lane = static_cast<int>(index % 4);
  return lane == 0 ? words[0] : lane == 1 ? words[1] : lane == 2 ? words[2] : words[3];
}

/// A deviate as rounded_input() rounds it where the type is an integer; others round as they are
/// encoded.
__device__ inline float whole_where_integer(Dtype dtype, float deviate) {
  if (dtype == Dtype::int8) return fminf(fmaxf(rintf(deviate * 20), -127.0F), 127.0F);
  return dtype == Dtype::int32 ? rintf(deviate) : deviate;
}

__device__ inline float value_of(const Fill& fill, std::int64_t index) {
  switch (fill.pattern) {
    case Pattern::normal:
      return whole_where_integer(fill.dtype, normal_from_word(word_at(fill.array, index),
                                                              [](double x) { return ::sqrt(x); }));
    case Pattern::integers:
      if (fill.stride > 1 && index % fill.k % fill.stride !=
                                 kept_phase(fill.array.seed, index / fill.k, fill.stride)) {
        return 0;
      }
      return integer_from_word(word_at(fill.array, index), kExactMagnitude);
    default:
      return exact_c_at(fill.array.seed, static_cast<std::uint64_t>(index));
  }
}

__global__ void __launch_bounds__(kThreads) fill_array(Fill fill) {
  const int each = element_bits(fill.dtype) == 4 ? 2 : 1;  // elements of a stored number
  const auto count = static_cast<std::int64_t>(fill.count);
  const Share share = share_of_this_thread();
  for (std::int64_t i = share.first; i * each < count; i += share.step) {
    std::uint32_t code = 0;
    for (int half = 0; half < each && i * each + half < count; ++half) {
      code |= encoded(fill.dtype, value_of(fill, i * each + half)) << (4 * half);
    }
    store_code(fill.to, fill.dtype, i, code);
  }
}

inline void launch_fill(const Fill& fill, const Place& place) {
  device::launch(config_for(static_cast<std::int64_t>(fill.count), place), fill_array, fill);
}

}  // namespace assay::on_device
