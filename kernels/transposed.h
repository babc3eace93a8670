// The transpose of a matrix.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay {

/// The transpose of a row-major matrix, also row-major.
std::vector<float> transposed(std::span<const float> matrix, std::size_t rows, std::size_t columns);

}  // namespace assay
