// The boxes of shared memory in which a warpgroup's accumulators leave by TMA.
#pragma once

#include "kernels/hopper/operand_tile.h"

namespace assay::hopper {

/// Of a box of `rows` rows of 128 bytes, rounded up to what begins at a multiple of 1024 again.
constexpr int box_bytes(int rows) { return (rows * kRowBytes + 1023) / 1024 * 1024; }

/// 64 x kColumns accumulators as boxes with rows of 128 bytes: along the columns, or along the 64
/// when the tile is stored transposed.
template <class Output_, int kColumns_, bool kTransposed_ = false>
struct OutputBoxes {
  using Output = Output_;
  static constexpr int kColumns = kColumns_;
  static constexpr bool kTransposed = kTransposed_;
  static constexpr int kWidth = kRowBytes / static_cast<int>(sizeof(Output));  ///< Elements.
  static constexpr int kRows = kTransposed ? kColumns : 64;
  static constexpr int kCount = (kTransposed ? 64 : kColumns) / kWidth;
  static constexpr int kBytes = box_bytes(kRows);
  static_assert((kTransposed ? 64 : kColumns) % kWidth == 0, "whole boxes");
};

}  // namespace assay::hopper
