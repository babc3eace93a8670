// A stand-in for libcublas on host memory: it multiplies the groups that it is told of, in bf16
// with f32 sums, and refuses what the library refuses.
#include <cublas_v2.h>

#include "harness/core/small_float.h"

namespace {

/// One product as cuBLAS has it, all column-major: C[m, n] = A[m, k] B[k, n].
struct OneProduct {
  int m, n, k;
  const std::uint16_t* a;
  const std::uint16_t* b;
  std::uint16_t* c;
};

void multiply(const OneProduct& product) {
  for (int j = 0; j < product.n; ++j) {
    for (int i = 0; i < product.m; ++i) {
      float sum = 0;
      for (int k = 0; k < product.k; ++k)
        sum += assay::from_bf16(product.a[std::size_t(k) * product.m + i]) *
               assay::from_bf16(product.b[std::size_t(j) * product.k + k]);
      product.c[std::size_t(j) * product.m + i] = assay::to_bf16(sum);
    }
  }
}

}  // namespace

extern "C" {

cublasStatus_t cublasCreate_v2(cublasHandle_t* made) {
  *made = reinterpret_cast<cublasHandle_t>(new bool(false));
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasDestroy_v2(cublasHandle_t made) {
  delete reinterpret_cast<bool*>(made);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasGetVersion_v2(cublasHandle_t, int* version) {
  *version = 130100;
  return CUBLAS_STATUS_SUCCESS;
}
/// Takes the workspace away, as the library's does.
cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t) {
  *reinterpret_cast<bool*>(handle) = false;
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, std::size_t bytes) {
  *reinterpret_cast<bool*>(handle) = workspace != nullptr && bytes > 0;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasGemmGroupedBatchedEx(
    cublasHandle_t handle, const cublasOperation_t transa_array[],
    const cublasOperation_t transb_array[], const int m_array[], const int n_array[],
    const int k_array[], const void* alpha_array, const void* const Aarray[], cudaDataType_t Atype,
    const int lda_array[], const void* const Barray[], cudaDataType_t Btype, const int ldb_array[],
    const void* beta_array, void* const Carray[], cudaDataType_t Ctype, const int ldc_array[],
    int group_count, const int group_size[], cublasComputeType_t computeType) {
  if (!*reinterpret_cast<bool*>(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
  const bool is_bf16 = Atype == CUDA_R_16BF && Btype == CUDA_R_16BF && Ctype == CUDA_R_16BF;
  if (!is_bf16 || computeType != CUBLAS_COMPUTE_32F) return CUBLAS_STATUS_NOT_SUPPORTED;
  int problem = 0;
  for (int group = 0; group < group_count; ++group) {
    const int m = m_array[group], n = n_array[group], k = k_array[group];
    const bool is_plain = transa_array[group] == CUBLAS_OP_N &&
                          transb_array[group] == CUBLAS_OP_N &&
                          static_cast<const float*>(alpha_array)[group] == 1 &&
                          static_cast<const float*>(beta_array)[group] == 0;
    const bool is_dense = lda_array[group] == m && ldb_array[group] == k && ldc_array[group] == m;
    if (!is_plain || !is_dense || m < 1 || n < 1 || k < 1) return CUBLAS_STATUS_INVALID_VALUE;
    for (int i = 0; i < group_size[group]; ++i, ++problem)
      multiply({m, n, k, static_cast<const std::uint16_t*>(Aarray[problem]),
                static_cast<const std::uint16_t*>(Barray[problem]),
                static_cast<std::uint16_t*>(Carray[problem])});
  }
  return CUBLAS_STATUS_SUCCESS;
}

}  // extern "C"
