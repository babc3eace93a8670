// Scales of blocks along K in the order that Blackwell's tensor cores read them in.
//
// A tile is 128 rows by 4 blocks of K in 512 bytes: rows 0 to 31 are 16 bytes apart, each with its
// four blocks, and rows 32, 64 and 96 further follow within those 16 bytes. Tiles of one band of
// rows are neighbours. Rows and blocks that the matrix does not have are there too, and not read.
// (cuBLAS documentation, "1D block scaling factors layout".)
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace assay {

/// How one scale is stored: an exponent alone, or e4m3 without a sign.
enum class ScaleFormat { ue8m0, ue4m3 };

inline constexpr std::int64_t kScaleTileRows = 128, kScaleTileBlocks = 4;

constexpr std::int64_t scale_tiles(std::int64_t count, std::int64_t each) {
  return (count + each - 1) / each;
}

/// Where the scale of a row and a block of K lies, of a matrix with so many blocks.
constexpr std::int64_t scale_offset(std::int64_t row, std::int64_t block, std::int64_t blocks) {
  const std::int64_t tile =
      row / kScaleTileRows * scale_tiles(blocks, kScaleTileBlocks) + block / kScaleTileBlocks;
  const std::int64_t in_tile = row % kScaleTileRows;
  return tile * kScaleTileRows * kScaleTileBlocks + in_tile % 32 * 16 + in_tile / 32 * 4 +
         block % kScaleTileBlocks;
}

constexpr std::int64_t scale_bytes(std::int64_t rows, std::int64_t blocks) {
  return scale_tiles(rows, kScaleTileRows) * scale_tiles(blocks, kScaleTileBlocks) *
         kScaleTileRows * kScaleTileBlocks;
}

/// Every scale must be a power of two that the format holds.
std::vector<std::byte> tiled_scales(
    ScaleFormat format, std::int64_t rows, std::int64_t blocks,
    const std::function<float(std::int64_t row, std::int64_t block)>& scale);

}  // namespace assay
