// What a GEMM is given: shape, element types, pointers. Light, so that a .cu may include it.
//
// C[M, N] = A[M, K] B[K, N], dense: C row-major, A and B too unless their types say otherwise.
// Batches lie one after the other. Groups share out the rows of A and C, and each has its own B.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/core/dtype.h"

namespace assay {

class Shape;

struct GemmShape {
  std::int64_t m = 0, n = 0, k = 0;
  std::int64_t batches = 1;
  std::int64_t groups = 0;  ///< 0: the rows are not shared out.

  std::int64_t rows() const { return m * batches; }  ///< Of A and of C, in all.
  std::int64_t matrices() const { return groups > 0 ? groups : batches; }  ///< That B has.

  /// Nothing unless the shape is m, n and k, each at least 1 and below 2^31, and at most one of b
  /// (batches) and g (groups) after them, from 2 to 65535.
  static std::optional<GemmShape> from(const Shape& shape);
};

/// How the elements are stored, and to what the values are rounded. The host keeps bf16 values in
/// f32 storage (bf16 is rounded outside the timed part; C stays f32).
struct GemmTypes {
  Dtype rounding = Dtype::f32;  // of A and B
  Dtype storage = Dtype::f32;   // of A and B
  Dtype output = Dtype::f32;    // of C
  /// B is stored by columns (K contiguous), as weights are: all that tensor cores read of types
  /// that are not of 16 bits.
  bool b_by_columns = false;
  Accumulation sum = {};
  bool a_by_columns = false;  ///< M contiguous.

  friend bool operator==(const GemmTypes&, const GemmTypes&) = default;
};

/// The factors of C = alpha A B + beta C where it is measured: powers of two, which round nothing
/// by themselves; unlike each other; and |beta| < 1, so that C stays bounded when it is added to
/// again and again.
inline constexpr float kAlpha = 2, kBeta = -0.5F;

/// What cuBLASLt and the tensor core kernels take for a dtype, so that they share operands.
GemmTypes tensor_core_types(const char* dtype);

/// One multiplication, as a kernel is asked for it.
struct GemmPointers {
  const void* a = nullptr;
  const void* b = nullptr;
  void* c = nullptr;
};

}  // namespace assay
