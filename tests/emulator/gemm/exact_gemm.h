// What a GEMM trial computes on: small integers in any element type, and the exact answer by plain
// loops. In a unit of its own, which is not instrumented.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernels/device/element.h"
#include "kernels/device/tensor_map.h"

namespace assay::emulator {

/// How a matrix's elements are stored.
enum class Stored { kBf16, kF16, kTf32, kE4m3, kE5m2, kInt8, kF32, kInt32 };

std::size_t stored_bytes(Stored type);
device::TensorElement tensor_element(Stored type);

/// Fills with integers from -2 to 2.
void fill_stored(std::span<unsigned char> matrix, Stored type, std::uint64_t seed);

/// One batch of C = alpha A B + beta C before. `a_by_rows`: A is row-major, else column-major.
struct ExactGemm {
  int m, n, k;
  bool a_by_rows, b_by_rows;
  float alpha, beta;
};

/// Where `c` differs from the exact answer rounded to its type, in words; empty when nowhere.
std::string gemm_difference(const ExactGemm& gemm, std::span<const unsigned char> a, Stored a_type,
                            std::span<const unsigned char> b, Stored b_type,
                            std::span<const unsigned char> before, std::span<const unsigned char> c,
                            Stored c_type);

}  // namespace assay::emulator
