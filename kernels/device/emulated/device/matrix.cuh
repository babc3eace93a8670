// ldmatrix and stmatrix, emulated.
#pragma once

#include <cstdint>
#include <source_location>

#include "kernels/emulator/warp_matrix.h"

namespace assay::device {

template <bool kTranspose = false, int kMatrices>
void ldmatrix(std::uint32_t (&fragment)[kMatrices], const void* row,
              std::source_location where = std::source_location::current()) {
  static_assert(kMatrices == 1 || kMatrices == 2 || kMatrices == 4);
  emulator::load_matrices(fragment, kMatrices, kTranspose, row, {"ldmatrix", where});
}

template <bool kTranspose = false, int kMatrices>
void stmatrix(void* row, const std::uint32_t (&fragment)[kMatrices],
              std::source_location where = std::source_location::current()) {
  static_assert(kMatrices == 1 || kMatrices == 2 || kMatrices == 4);
  emulator::store_matrices(fragment, kMatrices, kTranspose, row, {"stmatrix", where});
}

}  // namespace assay::device
