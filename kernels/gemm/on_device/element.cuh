// Reads and writes single elements of any type, and gives each thread its share of the work.
#pragma once

#include <cmath>
#include <cstdint>

#include "device/launch.cuh"
#include "harness/core/dtype_codec.h"
#include "kernels/gemm/on_device/work.h"

namespace assay::on_device {

inline constexpr int kThreads = 256;
inline constexpr int kBlocksEach = 8;  ///< Of a multiprocessor, as many as it runs at once.

/// Item `first`, then every `step`-th is this thread's. Indices have 64 bits: matrices of 2^32
/// elements fit a device.
struct Share {
  std::int64_t first, step;
};
__device__ inline Share share_of_this_thread() {
  return {static_cast<std::int64_t>(device::block_index().x) * kThreads + device::thread_index().x,
          static_cast<std::int64_t>(device::grid_size().x) * kThreads};
}

/// The code of an element; two of 4 bits share a byte, the first in its lower half.
__device__ inline std::uint32_t code_at(const void* from, Dtype dtype, std::int64_t index) {
  switch (element_bits(dtype)) {
    case 4:
      return static_cast<const std::uint8_t*>(from)[index / 2] >> (index % 2 * 4) & 0xF;
    case 8:
      return static_cast<const std::uint8_t*>(from)[index];
    case 16:
      return static_cast<const std::uint16_t*>(from)[index];
    default:
      return static_cast<const std::uint32_t*>(from)[index];
  }
}

__device__ inline float value_at(const void* from, Dtype dtype, std::int64_t index) {
  return decoded(dtype, code_at(from, dtype, index));
}

/// `index` counts bytes where elements have 4 bits.
__device__ inline void store_code(void* to, Dtype dtype, std::int64_t index, std::uint32_t code) {
  if (element_bits(dtype) <= 8) {
    static_cast<std::uint8_t*>(to)[index] = static_cast<std::uint8_t>(code);
  } else if (element_bits(dtype) == 16) {
    static_cast<std::uint16_t*>(to)[index] = static_cast<std::uint16_t>(code);
  } else {
    static_cast<std::uint32_t*>(to)[index] = code;
  }
}

__device__ inline float factor_at(const FactorPlace& place, std::int64_t first,
                                  std::int64_t second) {
  if (place.factors == nullptr) return 1;
  return place.factors[first / place.first_block * place.first_step +
                       second / place.second_block * place.second_step];
}

/// As many blocks as the work has threads, up to what the device runs at once.
inline device::LaunchConfig config_for(std::int64_t items, const Place& place) {
  const std::int64_t wanted = (items + kThreads - 1) / kThreads;
  const std::int64_t most = std::int64_t{place.multiprocessors} * kBlocksEach;
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(wanted < most ? wanted : most);
  config.block.x = kThreads;
  config.stream = place.stream;
  return config;
}

}  // namespace assay::on_device
