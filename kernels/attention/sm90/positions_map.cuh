// How the Hopper attention kernels describe arrays of positions to TMA, and their share of L2.
#pragma once

#include <cstdint>

#include "device/tensor_map.cuh"
#include "kernels/hopper/operand_tile.h"

namespace assay::attention::sm90 {

/// Of L2, for what the tiles of the heads share that are worked on at a time.
inline constexpr std::int64_t kSectionBytes = 32 << 20;

template <class Element>
inline constexpr device::TensorElement kTensorElement = device::TensorElement::kBf16;
template <>
inline constexpr device::TensorElement kTensorElement<device::F16> = device::TensorElement::kF16;

/// [batch, position, head, width] as TMA copies it: boxes of one head's `box` positions.
inline device::TensorMapSpec positions_map(const void* address, device::TensorElement element,
                                           int batches, int positions, int heads, int width,
                                           int box) {
  const auto row = static_cast<std::uint64_t>(width) * device::element_bytes(element);
  const auto wide = [](int value) { return static_cast<std::uint64_t>(value); };
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

}  // namespace assay::attention::sm90
