// A tile of a wgmma operand in shared memory: where TMA puts its boxes and what descriptors read.
#pragma once

#include <cstdint>

#include "kernels/device/element.h"
#include "kernels/device/tensor_map.h"

namespace assay::hopper {

inline constexpr int kRowBytes = 128;  ///< Of a box: one span of the 128-byte swizzle.

/// kMn (rows of A, columns of B) by kK elements. TMA brings boxes with rows of 128 bytes, one after
/// the other. K-major, a row is along K and a box has all of kMn; MN-major, a row is along MN and a
/// box has all of kK. All offsets are in bytes; the tile begins at a multiple of 1024.
template <class Element_, device::Major kMajor_, int kMn_, int kK_>
struct OperandTile {
  using Element = Element_;
  static constexpr device::Major kMajor = kMajor_;
  static constexpr int kMn = kMn_;
  static constexpr int kK = kK_;

  static constexpr int kInRow = kRowBytes / static_cast<int>(sizeof(Element));  ///< Elements.
  static constexpr int kAlongRows = kMajor == device::Major::kK ? kK : kMn;
  static constexpr int kRows = kMajor == device::Major::kK ? kMn : kK;
  static constexpr int kBoxes = kAlongRows / kInRow;
  static constexpr int kBoxBytes = kRows * kRowBytes;
  static constexpr int kBytes = kBoxes * kBoxBytes;
  static_assert(kAlongRows % kInRow == 0, "whole boxes");
  static_assert(kRows % 8 == 0, "every box begins where the swizzle's pattern does");
  static_assert(kMajor == device::Major::kK || sizeof(Element) == 2, "wgmma transposes 16 bits");

  /// One wgmma takes 32 bytes of K.
  static constexpr int kProductK = 32 / static_cast<int>(sizeof(Element));
  static constexpr int kProducts = kK / kProductK;

  /// Where row `mn` of MN begins; a multiple of 8, MN-major of kInRow.
  static constexpr int mn_offset(int mn) {
    return kMajor == device::Major::kK ? mn * kRowBytes : mn / kInRow * kBoxBytes;
  }
  /// From a descriptor to the one of the operand's product number `i` along K.
  static constexpr int product_offset(int i) {
    if (kMajor == device::Major::kMn) return i * kProductK * kRowBytes;
    return i / (kRowBytes / 32) * kBoxBytes + i % (kRowBytes / 32) * 32;
  }
  /// Of the descriptor: between spans of MN (K-major it is ignored), and between groups of 8 rows.
  static constexpr int kLeadingBytes = kBoxBytes;
  static constexpr int kStrideBytes = 8 * kRowBytes;
};

}  // namespace assay::hopper
