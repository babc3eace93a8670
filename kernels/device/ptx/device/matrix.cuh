// ldmatrix and stmatrix: 8x8 matrices of 16-bit elements between shared memory and a warp.
#pragma once

#include <cstdint>

#include "device/launch.cuh"

namespace assay::device {

/// How PTX says that the matrices are transposed on the way.
template <bool kTranspose>
struct TransposeName {
  static constexpr const char kName[] = "";
};
template <>
struct TransposeName<true> {
  static constexpr const char kName[] = ".trans";
};

/// Loads 1, 2 or 4 matrices. Lanes 8i to 8i+7 give the 16-byte rows of matrix i; lane t receives
/// elements 2(t%4) and 2(t%4)+1 of row t/4 of each (of column t/4 when transposed).
template <bool kTranspose = false, int kMatrices>
__device__ __forceinline__ void ldmatrix(std::uint32_t (&fragment)[kMatrices], const void* row) {
  static_assert(kMatrices == 1 || kMatrices == 2 || kMatrices == 4);
  if constexpr (kMatrices == 1) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x1%2.shared.b16 {%0}, [%1];"
                 : "=r"(fragment[0])
                 : "r"(shared_address(row)), "C"(TransposeName<kTranspose>::kName)
                 : "memory");
  } else if constexpr (kMatrices == 2) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2%3.shared.b16 {%0, %1}, [%2];"
                 : "=r"(fragment[0]), "=r"(fragment[1])
                 : "r"(shared_address(row)), "C"(TransposeName<kTranspose>::kName)
                 : "memory");
  } else {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4%5.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(fragment[0]), "=r"(fragment[1]), "=r"(fragment[2]), "=r"(fragment[3])
                 : "r"(shared_address(row)), "C"(TransposeName<kTranspose>::kName)
                 : "memory");
  }
}

/// The reverse of ldmatrix, with the same rows and fragments.
template <bool kTranspose = false, int kMatrices>
__device__ __forceinline__ void stmatrix(void* row, const std::uint32_t (&fragment)[kMatrices]) {
  static_assert(kMatrices == 1 || kMatrices == 2 || kMatrices == 4);
  if constexpr (kMatrices == 1) {
    asm volatile(
        "stmatrix.sync.aligned.m8n8.x1%2.shared::cta.b16 [%0], {%1};" ::"r"(shared_address(row)),
        "r"(fragment[0]), "C"(TransposeName<kTranspose>::kName)
        : "memory");
  } else if constexpr (kMatrices == 2) {
    asm volatile("stmatrix.sync.aligned.m8n8.x2%3.shared::cta.b16 [%0], {%1, %2};" ::"r"(
                     shared_address(row)),
                 "r"(fragment[0]), "r"(fragment[1]), "C"(TransposeName<kTranspose>::kName)
                 : "memory");
  } else {
    asm volatile("stmatrix.sync.aligned.m8n8.x4%5.shared::cta.b16 [%0], {%1, %2, %3, %4};" ::"r"(
                     shared_address(row)),
                 "r"(fragment[0]), "r"(fragment[1]), "r"(fragment[2]), "r"(fragment[3]),
                 "C"(TransposeName<kTranspose>::kName)
                 : "memory");
  }
}

}  // namespace assay::device
