// Values in f32 to and from the bytes of an element type.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "kernels/rounding.h"

namespace assay {

/// The nearest value that the type holds. A normal deviate becomes an int8 in steps of 1/20, so
/// that the sums of usual products stay below 2^24, where an f32 holds them exactly.
float rounded_input(Element element, float value);

/// Each value must be one that the type holds.
std::vector<std::byte> encode(Element element, std::span<const float> values);
std::vector<float> decode(Element element, std::span<const std::byte> bytes);

/// The transpose of a row-major matrix.
std::vector<float> transposed(std::span<const float> matrix, std::size_t rows, std::size_t columns);

}  // namespace assay
