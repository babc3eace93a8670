// Dots of rows, or rows that are added up.
#include "kernels/attention/vector_product.h"

#include <algorithm>
#include <vector>

#include "kernels/attention/vector_kernels.h"

namespace assay::attention {

void vector_product(bool transposed, int m, int n, int k, const float* a, int lda, const float* b,
                    int ldb, float beta, float* c, int ldc) {
  thread_local std::vector<const float*> rows_of_b;
  thread_local std::vector<float> rows_of_a;
  rows_of_b.clear();
  for (int row = 0; row < (transposed ? n : k); ++row) rows_of_b.push_back(b + row * ldb);
  if (!transposed) {
    if (beta == 0) std::fill(c, c + m * n, 0.0F);
    vector_kernels(n, n).add(rows_of_b.data(), k, a, lda, m, n, c);
    return;
  }
  rows_of_a.clear();
  for (int row = 0; row < m; ++row)
    rows_of_a.insert(rows_of_a.end(), a + row * lda, a + row * lda + k);
  vector_kernels(k, k).dots(rows_of_b.data(), n, rows_of_a.data(), m, k, c, ldc);
}

}  // namespace assay::attention
