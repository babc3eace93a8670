// How the Hopper attention kernels describe arrays of positions to TMA.
#pragma once

#include <cstdint>

#include "device/tensor_map.cuh"
#include "kernels/hopper/operand_tile.h"

namespace assay::attention::sm90 {

template <class Element>
inline constexpr device::TensorElement kTensorElement = device::TensorElement::kBf16;
template <>
inline constexpr device::TensorElement kTensorElement<device::F16> = device::TensorElement::kF16;
template <>
inline constexpr device::TensorElement kTensorElement<device::E4m3> = device::TensorElement::kU8;

constexpr std::uint64_t wide(int value) { return static_cast<std::uint64_t>(value); }

/// [batch, position, head, width] as TMA copies it: boxes of one head's `box` positions.
inline device::TensorMapSpec positions_map(const void* address, device::TensorElement element,
                                           int batches, int positions, int heads, int width,
                                           int box) {
  const auto row = static_cast<std::uint64_t>(width) * device::element_bytes(element);
  device::TensorMapSpec map;
  map.element = element;
  map.rank = 4;
  map.address = address;
  map.size = {wide(width), wide(positions), wide(heads), wide(batches)};
  map.stride_bytes = {row * wide(heads), row, row * wide(heads) * wide(positions)};
  map.box = {hopper::kRowBytes / device::element_bytes(element), static_cast<std::uint32_t>(box), 1,
             1};
  map.swizzle = device::Swizzle::k128;
  return map;
}

/// The same of bytes whose positions come in fours, of which a box has two (KeyOrder): dimensions
/// are the widths of all heads, the position in a four, the fours, and the batch. `positions` is a
/// multiple of 4.
inline device::TensorMapSpec fours_map(const void* address, int batches, int positions, int heads,
                                       int width, int box) {
  const std::uint64_t row = wide(width) * wide(heads);
  device::TensorMapSpec map;
  map.element = device::TensorElement::kU8;
  map.rank = 4;
  map.address = address;
  map.size = {row, 4, wide(positions / 4), wide(batches)};
  map.stride_bytes = {row, 4 * row, row * wide(positions)};
  map.box = {hopper::kRowBytes, 2, static_cast<std::uint32_t>(box / 4), 1};
  map.swizzle = device::Swizzle::k128;
  return map;
}

/// [batch, head, width, position] of bytes: boxes of one head's columns of 128 positions.
/// `positions` is a multiple of 16.
inline device::TensorMapSpec columns_map(const void* address, int batches, int positions, int heads,
                                         int width) {
  const std::uint64_t column = wide(positions);
  device::TensorMapSpec map;
  map.element = device::TensorElement::kU8;
  map.rank = 4;
  map.address = address;
  map.size = {column, wide(width), wide(heads), wide(batches)};
  map.stride_bytes = {column, column * wide(width), column * wide(width) * wide(heads)};
  map.box = {hopper::kRowBytes, static_cast<std::uint32_t>(width), 1, 1};
  map.swizzle = device::Swizzle::k128;
  return map;
}

}  // namespace assay::attention::sm90
