// The blocks' products of a host pass by our vector loops, for where no library is to be needed.
#pragma once

namespace assay::attention {

/// A BlockProduct (prefill.h): k of a transposed B, else n, is a multiple of 8, and else C has rows
/// of n without gaps.
void vector_product(bool transposed, int m, int n, int k, const float* a, int lda, const float* b,
                    int ldb, float beta, float* c, int ldc);

}  // namespace assay::attention
