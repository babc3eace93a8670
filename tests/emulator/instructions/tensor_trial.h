// A tensor, a box and a place, for the tests of tensor copies: what a copy should move, by loops.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/device/tensor_map.h"
#include "tests/emulator/instructions/layout.h"

namespace assay::device {

struct TensorCase {
  std::string name;
  int rank = 2;
  TensorElement element = TensorElement::kU16;
  std::array<int, 4> size{1, 1, 1, 1};
  std::array<int, 4> box{1, 1, 1, 1};
  std::array<int, 4> at{};
  Swizzle swizzle = Swizzle::kNone;
  int padding = 0;  ///< Bytes between two rows of the tensor.

  std::size_t element_size() const { return element_bytes(element); }
  std::size_t row_bytes() const {
    const std::size_t bytes = static_cast<std::size_t>(size[0]) * element_size();
    return (bytes + 15) / 16 * 16 + static_cast<std::size_t>(padding);
  }
  std::size_t tensor_bytes() const {
    return row_bytes() * static_cast<std::size_t>(size[1] * size[2] * size[3]);
  }
  std::size_t box_bytes() const {
    return static_cast<std::size_t>(box[0] * box[1] * box[2] * box[3]) * element_size();
  }

  TensorMapSpec spec(const void* address) const {
    TensorMapSpec made;
    made.element = element;
    made.rank = rank;
    made.address = address;
    made.swizzle = swizzle;
    std::uint64_t stride = row_bytes();
    for (std::size_t d = 0; d < static_cast<std::size_t>(rank); ++d) {
      made.size[d] = static_cast<std::uint64_t>(size[d]);
      made.box[d] = static_cast<std::uint32_t>(box[d]);
      if (d > 0) {
        made.stride_bytes[d - 1] = stride;
        stride *= static_cast<std::uint64_t>(size[d]);
      }
    }
    return made;
  }

  /// Calls f(byte in the tile, byte in the tensor) for every byte of the box that is inside.
  template <typename Visit>
  void visit_inside(Visit visit) const {
    std::size_t in_tile = 0;
    for (int w = 0; w < box[3]; ++w) {
      for (int z = 0; z < box[2]; ++z) {
        for (int y = 0; y < box[1]; ++y) {
          for (int x = 0; x < box[0]; ++x, in_tile += element_size()) {
            const int p[4] = {at[0] + x, at[1] + y, at[2] + z, at[3] + w};
            bool inside = true;
            for (int d = 0; d < 4; ++d) inside = inside && p[d] >= 0 && p[d] < size[d];
            if (!inside) continue;
            const auto row = static_cast<std::size_t>((p[3] * size[2] + p[2]) * size[1] + p[1]);
            const std::size_t in_tensor =
                row * row_bytes() + static_cast<std::size_t>(p[0]) * element_size();
            for (std::size_t b = 0; b < element_size(); ++b) {
              visit(picture_place(swizzle, in_tile + b), in_tensor + b);
            }
          }
        }
      }
    }
  }
};

/// Ranks 2 to 4, every swizzle, boxes inside, across each edge, and quite outside.
inline std::vector<TensorCase> tensor_cases() {
  using enum Swizzle;
  using enum TensorElement;
  return {
      {"2d inside", 2, kU16, {96, 40, 1, 1}, {32, 16, 1, 1}, {8, 3, 0, 0}, kNone},
      {"2d right edge", 2, kU16, {50, 40, 1, 1}, {32, 16, 1, 1}, {32, 8, 0, 0}, kNone},
      {"2d lower edge, padded rows",
       2,
       kF32,
       {20, 13, 1, 1},
       {8, 8, 1, 1},
       {4, 8, 0, 0},
       kNone,
       32},
      {"2d left and upper edge", 2, kU8, {64, 30, 1, 1}, {32, 12, 1, 1}, {-5, -3, 0, 0}, kNone},
      {"2d outside", 2, kU16, {64, 30, 1, 1}, {16, 4, 1, 1}, {64, 0, 0, 0}, kNone},
      {"2d far outside", 2, kU16, {64, 30, 1, 1}, {16, 4, 1, 1}, {-500, 99, 0, 0}, kNone},
      {"2d 32 byte swizzle", 2, kU16, {40, 33, 1, 1}, {16, 16, 1, 1}, {16, 20, 0, 0}, k32},
      {"2d 64 byte swizzle", 2, kU16, {60, 33, 1, 1}, {32, 16, 1, 1}, {32, 16, 0, 0}, k64},
      {"2d 128 byte swizzle", 2, kU16, {120, 33, 1, 1}, {64, 32, 1, 1}, {64, 16, 0, 0}, k128},
      {"2d 128 byte swizzle of bytes",
       2,
       kU8,
       {150, 20, 1, 1},
       {128, 16, 1, 1},
       {100, 10, 0, 0},
       k128},
      {"2d 128 byte swizzle of floats",
       2,
       kF32,
       {50, 20, 1, 1},
       {32, 8, 1, 1},
       {32, 4, 0, 0},
       k128},
      {"3d ragged", 3, kU16, {30, 7, 5, 1}, {16, 4, 3, 1}, {16, 5, 3, 0}, kNone},
      {"3d 128 byte swizzle", 3, kU16, {70, 9, 4, 1}, {64, 8, 2, 1}, {10, 4, 3, 0}, k128},
      {"4d ragged", 4, kU16, {20, 5, 4, 3}, {8, 3, 2, 2}, {16, 3, 3, 2}, kNone},
      {"4d 64 byte swizzle", 4, kF32, {20, 5, 4, 3}, {16, 4, 2, 2}, {8, -2, 1, 2}, k64},
  };
}

}  // namespace assay::device
