// Names the tile that a wrong word belongs to.
#include "kernels/gemm/sdc/difference.h"

#include <fmt/format.h>

namespace assay {

std::string name_difference(const BitDifference& difference, const GemmShape& shape,
                            OutputTile tile, std::size_t element_bytes) {
  const auto element = static_cast<std::int64_t>(difference.first * 4 / element_bytes);
  const std::int64_t row = element / shape.n, column = element % shape.n;
  return fmt::format(
      "{} words of C changed between runs of the same product; the first is at element ({}, {}), "
      "in tile ({}, {}) of {}x{}",
      difference.words, row, column, row / tile.rows, column / tile.columns, tile.rows,
      tile.columns);
}

}  // namespace assay
