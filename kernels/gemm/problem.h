// What a GEMM is given: shape, element types, pointers. Light, so that a .cu may include it.
//
// C[M, N] = A[M, K] B[K, N], all row-major and dense: lda = K, ldb = N, ldc = N.
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
};

struct GemmPointers {
  const void* a = nullptr;
  const void* b = nullptr;
  void* c = nullptr;
};

}  // namespace assay
