// A stand-in for libcublasLt on host memory: it multiplies what it was told, in bf16 or e4m3 with
// f32 sums, and with scales by block. Of every product it offers three algorithms of different
// speed.
#include <cublasLt.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "harness/core/small_float.h"

namespace {

struct Layout {
  cudaDataType type;
  std::uint64_t rows, columns;
  std::int64_t leading;
  std::int32_t batches = 1;
  std::int64_t stride = 0;
};

/// Scales of an operand of depth rows, column-major.
struct Scales {
  std::int32_t mode = CUBLASLT_MATMUL_MATRIX_SCALE_SCALAR_32F;
  const float* at = nullptr;

  float of(std::uint64_t k, std::uint64_t column, std::uint64_t depth,
           std::uint64_t columns) const {
    const auto fours = [](std::uint64_t count) { return (count + 3) / 4 * 4; };
    if (mode == CUBLASLT_MATMUL_MATRIX_SCALE_VEC128_32F)
      return at[column + k / 128 * fours(columns)];
    if (mode == CUBLASLT_MATMUL_MATRIX_SCALE_BLK128x128_32F)
      return at[k / 128 + column / 128 * fours((depth + 127) / 128)];
    return 1;
  }
};

struct Product {
  cublasOperation_t a = CUBLAS_OP_N, b = CUBLAS_OP_N;
  Scales of_a, of_b;
};

const Layout& of(cublasLtMatrixLayout_t handle) { return *reinterpret_cast<Layout*>(handle); }

template <class T>
cublasStatus_t take(T& to, const void* from, std::size_t bytes) {
  if (bytes != sizeof to) return CUBLAS_STATUS_INVALID_VALUE;
  std::memcpy(&to, from, bytes);
  return CUBLAS_STATUS_SUCCESS;
}

/// Element (row, column) of a column-major matrix, or of its transpose.
std::size_t place(const Layout& layout, std::int32_t batch, cublasOperation_t operation,
                  std::uint64_t row, std::uint64_t column) {
  if (operation == CUBLAS_OP_T) std::swap(row, column);
  return static_cast<std::size_t>(batch * layout.stride) +
         column * static_cast<std::size_t>(layout.leading) + row;
}

/// Offered only to those who allow its workspace.
struct Algorithm {
  int id;
  std::chrono::microseconds wait;  ///< Beside the product itself.
  std::size_t workspace;
};
constexpr std::size_t kRecommended = 32 << 20;
/// The last would be taken if more was allowed than NVIDIA recommends.
constexpr std::array<Algorithm, 4> kAlgorithms = {
    {{30, std::chrono::microseconds(2000), 0},
     {10, std::chrono::microseconds(0), kRecommended},
     {20, std::chrono::microseconds(1000), 1 << 20},
     {40, std::chrono::microseconds(0), kRecommended + 1}}};

/// Whose workspace fits, in an order that depends on the product.
std::vector<Algorithm> offered(const Layout& output, std::size_t workspace) {
  std::vector<Algorithm> all;
  for (const Algorithm& one : kAlgorithms)
    if (one.workspace <= workspace) all.push_back(one);
  std::rotate(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(output.rows % all.size()),
              all.end());
  return all;
}

const Algorithm* chosen(const cublasLtMatmulAlgo_t& from) {
  for (const Algorithm& one : kAlgorithms)
    if (from.data[0] == static_cast<std::uint64_t>(one.id)) return &one;
  return nullptr;
}

float value_at(const Layout& layout, const void* from, std::size_t at) {
  using E4m3 = assay::SmallFloatOf<assay::Dtype::fp8_e4m3>;
  if (layout.type == CUDA_R_8F_E4M3)
    return E4m3::decode(static_cast<const std::uint8_t*>(from)[at]);
  return assay::from_bf16(static_cast<const std::uint16_t*>(from)[at]);
}

}  // namespace

extern "C" {

std::size_t cublasLtGetVersion() { return 130000; }
cublasStatus_t cublasLtCreate(cublasLtHandle_t*) { return CUBLAS_STATUS_SUCCESS; }
cublasStatus_t cublasLtDestroy(cublasLtHandle_t) { return CUBLAS_STATUS_SUCCESS; }

cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* made, cublasComputeType_t,
                                        cudaDataType_t) {
  *made = reinterpret_cast<cublasLtMatmulDesc_t>(new Product);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t made) {
  delete reinterpret_cast<Product*>(made);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t made,
                                              cublasLtMatmulDescAttributes_t attribute,
                                              const void* value, std::size_t bytes) {
  auto& product = *reinterpret_cast<Product*>(made);
  if (attribute == CUBLASLT_MATMUL_DESC_TRANSA) return take(product.a, value, bytes);
  if (attribute == CUBLASLT_MATMUL_DESC_TRANSB) return take(product.b, value, bytes);
  if (attribute == CUBLASLT_MATMUL_DESC_A_SCALE_MODE) return take(product.of_a.mode, value, bytes);
  if (attribute == CUBLASLT_MATMUL_DESC_B_SCALE_MODE) return take(product.of_b.mode, value, bytes);
  if (attribute == CUBLASLT_MATMUL_DESC_A_SCALE_POINTER) return take(product.of_a.at, value, bytes);
  if (attribute == CUBLASLT_MATMUL_DESC_B_SCALE_POINTER) return take(product.of_b.at, value, bytes);
  return CUBLAS_STATUS_NOT_SUPPORTED;
}

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* made, cudaDataType type,
                                          std::uint64_t rows, std::uint64_t columns,
                                          std::int64_t leading) {
  *made = reinterpret_cast<cublasLtMatrixLayout_t>(new Layout{type, rows, columns, leading});
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t made) {
  delete reinterpret_cast<Layout*>(made);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t made,
                                                cublasLtMatrixLayoutAttribute_t attribute,
                                                const void* value, std::size_t bytes) {
  auto& layout = *reinterpret_cast<Layout*>(made);
  if (attribute == CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT) return take(layout.batches, value, bytes);
  if (attribute == CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET)
    return take(layout.stride, value, bytes);
  return CUBLAS_STATUS_NOT_SUPPORTED;
}

cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* made) {
  *made = reinterpret_cast<cublasLtMatmulPreference_t>(new std::size_t{0});
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t made) {
  delete reinterpret_cast<std::size_t*>(made);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t made,
                                                    cublasLtMatmulPreferenceAttributes_t attribute,
                                                    const void* value, std::size_t bytes) {
  if (attribute != CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES) return CUBLAS_STATUS_NOT_SUPPORTED;
  return take(*reinterpret_cast<std::size_t*>(made), value, bytes);
}
cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t,
                                              cublasLtMatrixLayout_t, cublasLtMatrixLayout_t,
                                              cublasLtMatrixLayout_t, cublasLtMatrixLayout_t of_d,
                                              cublasLtMatmulPreference_t preference, int most,
                                              cublasLtMatmulHeuristicResult_t* results,
                                              int* found) {
  *found = 0;
  for (const Algorithm& one : offered(of(of_d), *reinterpret_cast<std::size_t*>(preference))) {
    if (*found == most) break;
    cublasLtMatmulHeuristicResult_t& result = results[(*found)++];
    result = {};
    result.algo.data[0] = static_cast<std::uint64_t>(one.id);
    result.workspaceSize = one.workspace;
    result.state = CUBLAS_STATUS_SUCCESS;
  }
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulAlgoConfigGetAttribute(const cublasLtMatmulAlgo_t* algorithm,
                                                    cublasLtMatmulAlgoConfigAttributes_t attribute,
                                                    void* value, std::size_t bytes,
                                                    std::size_t* written) {
  const Algorithm* known = chosen(*algorithm);
  if (known == nullptr || attribute != CUBLASLT_ALGO_CONFIG_ID || bytes != sizeof known->id)
    return CUBLAS_STATUS_NOT_SUPPORTED;
  std::memcpy(value, &known->id, sizeof known->id);
  *written = sizeof known->id;
  return CUBLAS_STATUS_SUCCESS;
}

/// D = alpha op(A) op(B) + beta C, all column-major; refuses sizes that do not fit together and
/// an algorithm whose workspace is not there.
cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t made, const void* alpha,
                              const void* a, cublasLtMatrixLayout_t of_a, const void* b,
                              cublasLtMatrixLayout_t of_b, const void* beta, const void* c,
                              cublasLtMatrixLayout_t of_c, void* d, cublasLtMatrixLayout_t of_d,
                              const cublasLtMatmulAlgo_t* by_algorithm, void* workspace,
                              std::size_t workspace_bytes, cudaStream_t) {
  const auto& product = *reinterpret_cast<Product*>(made);
  const Layout &la = of(of_a), &lb = of(of_b), &lc = of(of_c), &ld = of(of_d);
  const bool a_turned = product.a == CUBLAS_OP_T, b_turned = product.b == CUBLAS_OP_T;
  const std::uint64_t depth = a_turned ? la.rows : la.columns;
  const bool fits = (a_turned ? la.columns : la.rows) == ld.rows &&
                    (b_turned ? lb.rows : lb.columns) == ld.columns &&
                    (b_turned ? lb.columns : lb.rows) == depth && lc.rows == ld.rows &&
                    la.batches == ld.batches && lb.batches == ld.batches;
  if (!fits) return CUBLAS_STATUS_INVALID_VALUE;
  const Algorithm* algorithm = chosen(*by_algorithm);
  if (algorithm == nullptr || workspace == nullptr || workspace_bytes < algorithm->workspace)
    return CUBLAS_STATUS_INVALID_VALUE;
  std::this_thread::sleep_for(algorithm->wait);
  float by = 0, of_before = 0;
  std::memcpy(&by, alpha, sizeof by);
  std::memcpy(&of_before, beta, sizeof of_before);
  for (std::int32_t batch = 0; batch < ld.batches; ++batch) {
    for (std::uint64_t j = 0; j < ld.columns; ++j) {
      for (std::uint64_t i = 0; i < ld.rows; ++i) {
        float sum = 0;
        for (std::uint64_t k = 0; k < depth; ++k)
          sum += value_at(la, a, place(la, batch, product.a, i, k)) *
                 product.of_a.of(k, i, depth, ld.rows) *
                 value_at(lb, b, place(lb, batch, product.b, k, j)) *
                 product.of_b.of(k, j, depth, ld.columns);
        const std::size_t at = place(ld, batch, CUBLAS_OP_N, i, j);
        const float before = of_before == 0 ? 0 : of_before * value_at(lc, c, at);
        static_cast<std::uint16_t*>(d)[at] = assay::to_bf16(by * sum + before);
      }
    }
  }
  return CUBLAS_STATUS_SUCCESS;
}

}  // extern "C"
