// What a comparison of two results bit for bit finds, and its words.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/gemm/problem.h"

namespace assay {

/// Filled by the comparing kernel; shared between host and device.
struct BitDifference {
  unsigned long long words = 0;                  ///< 32-bit words that differ, over all repeats.
  unsigned long long first = ~std::uint64_t{0};  ///< The lowest of their numbers.
};

/// The output tiles that the multiplying kernel's blocks compute: what a wrong element points to.
struct OutputTile {
  int rows = 0, columns = 0;
};

/// What a comparison is of; all on the device.
struct ComparedResults {
  const void* golden = nullptr;
  const void* got = nullptr;
  std::uint64_t words = 0;
  BitDifference* difference = nullptr;
};

/// "3 words of C changed between runs of the same product; the first is element (5, 300), in tile
/// (0, 1) of 128x256".
std::string name_difference(const BitDifference& difference, const GemmShape& shape,
                            OutputTile tile, std::size_t element_bytes);

}  // namespace assay
