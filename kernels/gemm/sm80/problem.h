// The tile of the portable kernel, what a launch is told, and which shapes it refuses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include "kernels/device/element.h"
#include "kernels/device/swizzle.h"
#include "kernels/gemm/problem.h"

namespace assay::sm80 {

inline constexpr int kTile = 128;     ///< Rows and columns of C that a block computes.
inline constexpr int kRowBytes = 64;  ///< Of K in a stage: one span of the swizzle.
inline constexpr int kStages = 4;
/// Each of a block's four warps computes 64 x 64 of C: per product it reads 4 KiB of shared memory
/// for 131072 FLOP, two thirds of the bandwidth that mma.sync at its peak leaves.
inline constexpr int kWarps = 2;  ///< Either way.
inline constexpr int kWarpTile = kTile / kWarps;
inline constexpr int kThreads = 32 * kWarps * kWarps;
inline constexpr int kBlocks = 2;  ///< On a multiprocessor at once.
inline constexpr int kOperandBytes = kTile * kRowBytes;
inline constexpr int kSharedBytes = kStages * 2 * kOperandBytes;
static_assert(kSharedBytes <= 99 * 1024, "what a block has from compute capability 8.6 on");
static_assert(kBlocks * (kSharedBytes + 1024) <= 164 * 1024, "what 8.0 has for all blocks");

/// An operand is K-major when K is contiguous, as in A by rows and in B by columns; only 16-bit
/// types can be otherwise.
template <class Element_, class Output_, device::Major kMajorB_,
          device::Major kMajorA_ = device::Major::kK>
struct Operands {
  using Element = Element_;
  using Output = Output_;
  using Accumulator = std::conditional_t<std::is_same_v<Element, std::int8_t>, std::int32_t, float>;
  static constexpr device::Major kMajorA = kMajorA_;
  static constexpr device::Major kMajorB = kMajorB_;
  static constexpr int kStageK = kRowBytes / static_cast<int>(sizeof(Element));
  static_assert((kMajorA == device::Major::kK && kMajorB == device::Major::kK) ||
                sizeof(Element) == 2);
};

/// Where a byte of an operand in rows of kRowBytes lies: eight rows of the same column fall on
/// different banks.
constexpr std::uint32_t piece_offset(int row, int byte) {
  return device::swizzled(device::Swizzle::k128,
                          static_cast<std::uint32_t>(row * kRowBytes + byte));
}

/// A thread's registers: its part of the warp's tile, two products' fragments, and about 40 for
/// addresses and loop state.
inline constexpr int kAccumulators = kWarpTile * kWarpTile / 32;
inline constexpr int kFragments = kWarpTile / 8 * 2 + 4;
static_assert(kAccumulators + kFragments + 40 <= 255, "what a thread can name");
static_assert(kThreads * kBlocks * 255 <= 65536, "what a multiprocessor has for all blocks");

/// C = alpha A B + beta C; the batch is the block's y.
struct Arguments {
  const void* a = nullptr;
  const void* b = nullptr;
  void* c = nullptr;
  int m = 0, n = 0, k = 0;
  int rows = 1, columns = 1;  ///< Of tiles.
  int band = 8;               ///< Rows that are walked column by column.
  float alpha = 1, beta = 0;
};

/// All but the matrices.
inline Arguments arguments_of(const GemmShape& shape) {
  Arguments arguments;
  arguments.m = static_cast<int>(shape.m);
  arguments.n = static_cast<int>(shape.n);
  arguments.k = static_cast<int>(shape.k);
  arguments.rows = (arguments.m + kTile - 1) / kTile;
  arguments.columns = (arguments.n + kTile - 1) / kTile;
  return arguments;
}

/// Why the kernel cannot take a shape whose elements have `bytes`, or nothing.
inline std::optional<std::string> refusal(const GemmShape& shape, std::int64_t bytes,
                                          device::Major b, device::Major a = device::Major::kK) {
  constexpr std::int64_t kMostTiles = 0x7FFFFFFF - kTile;
  const auto row_bytes = [&](device::Major major, std::int64_t mn) {
    return (major == device::Major::kK ? shape.k : mn) * bytes;
  };
  if (row_bytes(a, shape.m) % 16 != 0)
    return "rows of A, as stored, are not a multiple of 16 bytes";
  if (row_bytes(b, shape.n) % 16 != 0)
    return "rows of B, as stored, are not a multiple of 16 bytes";
  if (shape.n % 2 != 0) return "rows of C are not a multiple of two elements";
  if (shape.m > kMostTiles || shape.n > kMostTiles || shape.k > kMostTiles ||
      (shape.m / kTile + 1) * (shape.n / kTile + 1) > kMostTiles) {
    return "more tiles than a grid has blocks";
  }
  return std::nullopt;
}

}  // namespace assay::sm80
