// By square tiles, so that reads and writes both stay in the cache.
#include "kernels/transposed.h"

#include <algorithm>

#include "harness/measure/sign_of_life.h"

namespace assay {

std::vector<float> transposed(std::span<const float> matrix, std::size_t rows,
                              std::size_t columns) {
  constexpr std::size_t kTile = 64;  // a few lines of either side stay in the cache
  std::vector<float> out(matrix.size());
  for (std::size_t i = 0; i < rows; i += kTile) {
    sign_of_life();
    for (std::size_t j = 0; j < columns; j += kTile) {
      for (std::size_t r = i; r < std::min(rows, i + kTile); ++r) {
        for (std::size_t c = j; c < std::min(columns, j + kTile); ++c) {
          out[c * rows + r] = matrix[r * columns + c];
        }
      }
    }
  }
  return out;
}

}  // namespace assay
