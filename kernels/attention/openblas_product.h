// The products of a host pass by OpenBLAS.
#pragma once

#include "kernels/openblas.h"

namespace assay::attention {

/// Row-major C[m, n] = op(A) op(B) + beta C by cblas_sgemm, on as many threads as it was told.
inline void openblas_product(bool transposed_a, bool transposed_b, int m, int n, int k,
                             const float* a, int lda, const float* b, int ldb, float beta, float* c,
                             int ldc) {
  static const OpenBlas::Sgemm sgemm = open_openblas().sgemm;
  sgemm(OpenBlas::kRowMajor, transposed_a ? OpenBlas::kTranspose : OpenBlas::kNoTranspose,
        transposed_b ? OpenBlas::kTranspose : OpenBlas::kNoTranspose, m, n, k, 1, a, lda, b, ldb,
        beta, c, ldc);
}

}  // namespace assay::attention
