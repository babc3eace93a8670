// What a GEMM is given: shape, element types, pointers. Light, so that a .cu may include it.
//
// C[M, N] = A[M, K] B[K, N], dense: A and C row-major, B too unless its types say otherwise.
#pragma once

#include <cstdint>
#include <optional>

#include "kernels/rounding.h"

namespace assay {

class Shape;

struct GemmShape {
  std::int64_t m = 0, n = 0, k = 0;
  /// Nothing unless the shape is exactly m, n and k, each at least 1 and below 2^31.
  static std::optional<GemmShape> from(const Shape& shape);
};

/// How the elements are stored, and to what the values are rounded. The host keeps bf16 values in
/// f32 storage (bf16 is rounded outside the timed part; C stays f32).
struct GemmTypes {
  Element rounding = Element::f32;  // of A and B
  Element storage = Element::f32;   // of A and B
  Element output = Element::f32;    // of C
  /// B is stored by columns (K contiguous), as weights are: all that tensor cores read of types
  /// that are not of 16 bits.
  bool b_by_columns = false;
  /// Of a sum: its unit roundoff, and how many products are added up between two roundings.
  double accumulator_roundoff = 0x1p-24;
  int terms_a_rounding = 1;
};

/// What cuBLASLt and the tensor core kernels take for a dtype, so that they share operands.
GemmTypes tensor_core_types(const char* dtype);

/// One multiplication, as a kernel is asked for it.
struct GemmPointers {
  const void* a = nullptr;
  const void* b = nullptr;
  void* c = nullptr;
};

}  // namespace assay
