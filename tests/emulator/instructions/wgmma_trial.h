// A 64xNxK product for the tests of wgmma: operands laid out by the manual's pictures, outputs
// expected by plain loops. Values are small integers, exact in every format.
#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/device/element.h"
#include "kernels/device/formats.h"
#include "tests/emulator/instructions/layout.h"

namespace assay::device {

/// One operand as it lies in shared memory, and what its descriptor says of it.
struct OperandImage {
  std::vector<unsigned char> bytes;
  std::uint32_t leading_bytes = 0;
  std::uint32_t stride_bytes = 0;
  std::uint32_t k_step = 0;  ///< From one instruction's K to the next's.
};

template <typename T>
T encode_small(int value) {
  const auto number = static_cast<float>(value);
  if constexpr (std::is_same_v<T, Bf16>) return to_bf16(number);
  if constexpr (std::is_same_v<T, F16>) return to_f16(number);
  if constexpr (std::is_same_v<T, Tf32>) return to_tf32(number);
  if constexpr (std::is_same_v<T, E4m3>) return to_e4m3(number);
  if constexpr (std::is_same_v<T, E5m2>) return to_e5m2(number);
  if constexpr (std::is_same_v<T, std::int8_t>) return static_cast<std::int8_t>(value);
}

/// values[mn][k], laid out as TMA leaves it in boxes of one swizzle line each: K-major lines run
/// along K and boxes follow one another along K; MN-major lines run along MN.
template <typename T>
OperandImage lay_out(const std::vector<std::vector<int>>& values, Major major, Swizzle swizzle) {
  const std::size_t mn_count = values.size();
  const std::size_t k_count = values.front().size();
  const bool k_major = major == Major::kK;
  const std::size_t lines = k_major ? mn_count : k_count;
  const std::size_t along_bytes = (k_major ? k_count : mn_count) * sizeof(T);
  const std::size_t line = line_bytes(swizzle);
  const std::size_t boxes = (along_bytes + line - 1) / line;
  // A box begins where its swizzle does: at a multiple of eight lines.
  const std::size_t box = (lines + 7) / 8 * 8 * line;
  OperandImage image;
  image.bytes.resize(boxes * box);
  for (std::size_t mn = 0; mn < mn_count; ++mn) {
    for (std::size_t k = 0; k < k_count; ++k) {
      const std::size_t along = (k_major ? k : mn) * sizeof(T);
      const std::size_t place =
          along / line * box + picture_place(swizzle, k_major ? mn : k, along % line);
      const T element = encode_small<T>(values[mn][k]);
      std::memcpy(&image.bytes[place], &element, sizeof element);
    }
  }
  const auto box_step = static_cast<std::uint32_t>(box);
  const auto eight_lines = static_cast<std::uint32_t>(8 * line);
  if (!k_major) {
    // Instructions advance by two groups of eight lines of K, all within a box.
    image.k_step = 2 * eight_lines;
    image.leading_bytes = swizzle == Swizzle::kNone ? eight_lines : box_step;
    image.stride_bytes = swizzle == Swizzle::kNone ? box_step : eight_lines;
  } else {
    image.k_step = swizzle == Swizzle::kNone ? 2 * box_step : 32;
    image.leading_bytes = swizzle == Swizzle::kNone ? box_step : 0;
    image.stride_bytes = eight_lines;
  }
  return image;
}

inline std::vector<std::vector<int>> small_values(std::size_t rows, std::size_t columns,
                                                  unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::vector<int>> values(rows, std::vector<int>(columns));
  for (auto& row : values) {
    for (int& value : row) value = static_cast<int>(random() % 7) - 3;
  }
  return values;
}

/// How far instructions may advance within one operand: a swizzled K-major box holds one line.
template <typename T>
int k_of(Swizzle swizzle, Major major) {
  const int one = 32 / static_cast<int>(sizeof(T));
  if (major == Major::kMn || swizzle == Swizzle::kNone) return 2 * one;
  return static_cast<int>(line_bytes(swizzle) / sizeof(T));
}

/// Calls f(row, column, thread, register) for every output: the manual's figure, by warps of 16
/// rows, groups of 8 columns, and quads of lanes that share a row.
template <typename Visit>
void visit_outputs(int n, Visit visit) {
  for (int warp = 0; warp < 4; ++warp) {
    for (int half = 0; half < 2; ++half) {
      for (int row = 0; row < 8; ++row) {
        for (int group = 0; group < n / 8; ++group) {
          for (int quad = 0; quad < 4; ++quad) {
            for (int e = 0; e < 2; ++e) {
              visit(16 * warp + 8 * half + row, 8 * group + 2 * quad + e,
                    32 * warp + 4 * row + quad, 4 * group + 2 * half + e);
            }
          }
        }
      }
    }
  }
}

}  // namespace assay::device
