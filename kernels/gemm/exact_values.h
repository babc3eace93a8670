// The integers of exact checks, element by element: constant expressions that kernels share with
// the host.
#pragma once

#include <cstdint>

#include "kernels/input_words.h"

namespace assay {

/// Operand numbers of the generator; A and B of timed sets are 0 and 1.
inline constexpr std::uint32_t kExactA = 2, kExactB = 3, kKeptColumns = 4, kExactC = 10;
inline constexpr int kExactMagnitude = 4;  ///< Of A and B.
inline constexpr int kMostExactC = 6;

/// Of a row of A one element in so many is kept, and the others are zero: then no sum of products
/// with B exceeds `limit`.
constexpr std::int64_t kept_stride(std::int64_t k, std::int64_t limit) {
  const std::int64_t kept = limit / (kExactMagnitude * kExactMagnitude);
  return (k + kept - 1) / kept;
}

/// The first element that is kept of a row.
constexpr std::int64_t kept_phase(std::uint64_t seed, std::int64_t row, std::int64_t stride) {
  return static_cast<std::int64_t>(
      random_bits({seed, kKeptColumns, 0}, static_cast<std::uint64_t>(row)) %
      static_cast<std::uint64_t>(stride));
}

/// An element of C before a product that adds to it: 2 or 6 of either sign. kBeta makes integers of
/// them, and no integer sum leaves such an element as it was: kAlpha s + kBeta c = c has none.
constexpr float exact_c_at(std::uint64_t seed, std::uint64_t index) {
  const std::uint64_t bits = random_bits({seed, kExactC, 0}, index);
  const float size = bits % 2 == 0 ? 2 : kMostExactC;
  return bits / 2 % 2 == 0 ? size : -size;
}

}  // namespace assay
