// Stores scales tile by tile.
#include "kernels/gemm/scale_tiles.h"

#include <bit>

#include "kernels/device/formats.h"

namespace assay {
namespace {

std::byte stored(ScaleFormat format, float scale) {
  if (format == ScaleFormat::ue4m3) return std::byte{device::to_e4m3(scale).bits};
  // Of a power of two nothing is left but the exponent, whose bias both formats share.
  return static_cast<std::byte>(std::bit_cast<std::uint32_t>(scale) >> 23);
}

}  // namespace

std::vector<std::byte> tiled_scales(
    ScaleFormat format, std::int64_t rows, std::int64_t blocks,
    const std::function<float(std::int64_t row, std::int64_t block)>& scale) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(scale_bytes(rows, blocks)));
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t block = 0; block < blocks; ++block) {
      bytes[static_cast<std::size_t>(scale_offset(row, block, blocks))] =
          stored(format, scale(row, block));
    }
  }
  return bytes;
}

}  // namespace assay
