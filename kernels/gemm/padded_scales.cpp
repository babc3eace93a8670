// Copies scales line by line.
#include "kernels/gemm/padded_scales.h"

#include <algorithm>

#include "kernels/gemm/scale_tiles.h"

namespace assay {
namespace {

/// Where lines of scales are taken from.
struct ScaleLines {
  std::int64_t first = 0, apart = 0;  // of the first line's first; from line to line
  std::int64_t length = 0, count = 0;
};

std::vector<float> padded(const std::vector<float>& scales, const ScaleLines& lines) {
  const std::int64_t length = scale_tiles(lines.length, kScalesOfLine) * kScalesOfLine;
  std::vector<float> out(static_cast<std::size_t>(length * lines.count), 0.0F);
  for (std::int64_t line = 0; line < lines.count; ++line) {
    std::copy_n(scales.begin() + lines.first + line * lines.apart, lines.length,
                out.begin() + line * length);
  }
  return out;
}

}  // namespace

std::vector<float> padded_scales_a(const BlockScales& scales, const GemmShape& shape,
                                   const GemmPart& part) {
  const std::int64_t of_k = scale_tiles(shape.k, scales.block.k);
  return padded(scales.a, {part.first_row, shape.rows(), part.rows, of_k});
}

std::vector<float> padded_scales_b(const BlockScales& scales, const GemmShape& shape,
                                   const GemmPart& part) {
  const std::int64_t of_k = scale_tiles(shape.k, scales.block.k),
                     of_n = scale_tiles(shape.n, scales.block.columns);
  return padded(scales.b, {part.matrix * of_n * of_k, of_k, of_k, of_n});
}

}  // namespace assay
