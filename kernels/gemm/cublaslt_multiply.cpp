// Describes the product, asks for algorithms, times each, keeps the fastest.
#include "kernels/gemm/cublaslt_multiply.h"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "harness/measure/refused.h"
#include "kernels/launch/quick_time.h"

namespace assay {
namespace {

constexpr std::size_t kWorkspaceBytes = 32 << 20;  // what NVIDIA recommends for Hopper; default 0
constexpr int kMostCandidates = 32;                // more than the heuristics offer for one product

void check(cublasStatus_t status, const char* attempted) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw Error(
      fmt::format("cuBLASLt: {} failed with status {}", attempted, static_cast<int>(status)));
}

cublasLtHandle_t make_handle(const CublasLt& library) {
  cublasLtHandle_t handle = nullptr;
  check(library.create(&handle), "creating a handle");
  return handle;
}

cublasComputeType_t compute_type(CublasLtSum sum) {
  if (sum == CublasLtSum::int32) return CUBLAS_COMPUTE_32I;
  return sum == CublasLtSum::tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
}

cudaDataType_t data_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::bf16:
      return CUDA_R_16BF;
    case Dtype::f16:
      return CUDA_R_16F;
    case Dtype::fp8_e4m3:
      return CUDA_R_8F_E4M3;
    case Dtype::fp8_e5m2:
      return CUDA_R_8F_E5M2;
    case Dtype::fp4_e2m1:
      return CUDA_R_4F_E2M1;
    case Dtype::int8:
      return CUDA_R_8I;
    case Dtype::int32:
      return CUDA_R_32I;
    case Dtype::f32:
    case Dtype::tf32:
      return CUDA_R_32F;
  }
  throw Error("cuBLASLt has no name for this element type");
}

cublasLtMatmulDesc_t make_product(const CublasLt& library, const CublasLtProduct& asked) {
  cublasLtMatmulDesc_t product = nullptr;
  const cudaDataType_t scale = asked.sum == CublasLtSum::int32 ? CUDA_R_32I : CUDA_R_32F;
  check(library.desc_create(&product, compute_type(asked.sum), scale), "describing a product");
  const auto set = [&](cublasLtMatmulDescAttributes_t attribute, const auto& value) {
    check(library.desc_set(product, attribute, &value, sizeof value), "describing a product");
  };
  if (asked.types.b_by_columns) set(CUBLASLT_MATMUL_DESC_TRANSA, CUBLAS_OP_T);
  if (asked.types.a_by_columns) set(CUBLASLT_MATMUL_DESC_TRANSB, CUBLAS_OP_T);
  if (asked.sum == CublasLtSum::fp8_fast) set(CUBLASLT_MATMUL_DESC_FAST_ACCUM, std::int8_t{1});
  if (asked.scales.a != nullptr) {  // the library's first matrix is our B
    set(CUBLASLT_MATMUL_DESC_A_SCALE_MODE, asked.scales.mode_b);
    set(CUBLASLT_MATMUL_DESC_B_SCALE_MODE, asked.scales.mode_a);
    set(CUBLASLT_MATMUL_DESC_A_SCALE_POINTER, asked.scales.b);
    set(CUBLASLT_MATMUL_DESC_B_SCALE_POINTER, asked.scales.a);
  }
  return product;
}

}  // namespace

CublasLtSession::CublasLtSession(const CublasLt& opened, Device& on)
    : library(opened),
      device(on),
      workspace(on.allocate(kWorkspaceBytes)),
      handle(make_handle(opened), opened.destroy) {}

// The library's matrices are column-major, where ours read as their transposes: it computes
// C^T[N, M] = B^T[N, K] A^T[K, M], and no data moves. A B by columns reads as K x N there, an A by
// columns as M x K.
CublasLtMultiply::CublasLtMultiply(std::shared_ptr<const CublasLtSession> session,
                                   const CublasLtProduct& asked,
                                   const std::vector<GemmPointers>& sets, Purpose purpose)
    : session_(std::move(session)),
      library_(session_->library),
      sum_(asked.sum),
      factors_(asked.factors),
      product_(make_product(library_, asked), library_.desc_destroy),
      a_(asked.types.a_by_columns
             ? make_layout(asked.types.storage, asked.shape.m, asked.shape.k, asked.shape.batches)
             : make_layout(asked.types.storage, asked.shape.k, asked.shape.m, asked.shape.batches)),
      b_(asked.types.b_by_columns
             ? make_layout(asked.types.storage, asked.shape.k, asked.shape.n, asked.shape.batches)
             : make_layout(asked.types.storage, asked.shape.n, asked.shape.k, asked.shape.batches)),
      c_(make_layout(asked.types.output, asked.shape.n, asked.shape.m, asked.shape.batches)) {
  const auto offered = candidates();
  best_ = offered.front();
  if (purpose == Purpose::timing) choose_fastest(offered, sets);
}

void CublasLtMultiply::choose_fastest(const std::vector<cublasLtMatmulAlgo_t>& offered,
                                      const std::vector<GemmPointers>& sets) {
  double fastest_s = std::numeric_limits<double>::infinity();
  for (std::size_t rank = 0; rank < offered.size(); ++rank) {
    const double took_s = quick_time_s(session_->device, sets.size(),
                                       [&](std::size_t set) { run(offered[rank], sets[set]); });
    ++timed_;
    if (took_s < fastest_s) {
      fastest_s = took_s;
      best_ = offered[rank];
      best_rank_ = rank;
    }
  }
}

CublasLtMultiply::Layout CublasLtMultiply::make_layout(Dtype element, std::int64_t rows,
                                                       std::int64_t columns,
                                                       std::int64_t batches) const {
  cublasLtMatrixLayout_t made = nullptr;
  check(library_.layout_create(&made, data_type(element), static_cast<std::uint64_t>(rows),
                               static_cast<std::uint64_t>(columns), rows),
        "describing a matrix");
  Layout layout{made, library_.layout_destroy};
  if (batches == 1) return layout;
  const auto set = [&](cublasLtMatrixLayoutAttribute_t attribute, const auto& value) {
    check(library_.layout_set(made, attribute, &value, sizeof value), "describing a batch");
  };
  set(CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, static_cast<std::int32_t>(batches));
  set(CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, rows * columns);  // in elements
  return layout;
}

std::vector<cublasLtMatmulAlgo_t> CublasLtMultiply::candidates() const {
  cublasLtMatmulPreference_t preference = nullptr;
  check(library_.preference_create(&preference), "stating a preference");
  const CublasLtOwned<cublasLtMatmulPreference_t> owned(preference, library_.preference_destroy);
  check(library_.preference_set(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                &kWorkspaceBytes, sizeof kWorkspaceBytes),
        "allowing a workspace");
  std::array<cublasLtMatmulHeuristicResult_t, kMostCandidates> results{};
  int found = 0;
  const cublasStatus_t status =
      library_.heuristic(session_->handle.get(), product_.get(), b_.get(), a_.get(), c_.get(),
                         c_.get(), preference, kMostCandidates, results.data(), &found);
  if (status != CUBLAS_STATUS_NOT_SUPPORTED) check(status, "asking for algorithms");
  std::vector<cublasLtMatmulAlgo_t> algorithms;
  for (int i = 0; i < found; ++i) {
    const auto& result = results[static_cast<std::size_t>(i)];
    if (result.state == CUBLAS_STATUS_SUCCESS) algorithms.push_back(result.algo);
  }
  if (algorithms.empty()) throw Refused("cuBLASLt offers no algorithm for this shape and dtype");
  return algorithms;
}

void CublasLtMultiply::run(const cublasLtMatmulAlgo_t& algorithm,
                           const GemmPointers& matrices) const {
  const auto whole_alpha = static_cast<std::int32_t>(factors_.alpha),
             whole_beta = static_cast<std::int32_t>(factors_.beta);
  const bool whole = sum_ == CublasLtSum::int32;
  const void* alpha = whole ? static_cast<const void*>(&whole_alpha) : &factors_.alpha;
  const void* beta = whole ? static_cast<const void*>(&whole_beta) : &factors_.beta;
  check(library_.matmul(session_->handle.get(), product_.get(), alpha, matrices.b, b_.get(),
                        matrices.a, a_.get(), beta, matrices.c, c_.get(), matrices.c, c_.get(),
                        &algorithm, session_->workspace->data(), kWorkspaceBytes,
                        static_cast<cudaStream_t>(session_->device.stream())),
        "multiplying");
}

Json CublasLtMultiply::choice() const {
  const auto attribute = [&](cublasLtMatmulAlgoConfigAttributes_t which) -> Json {
    int value = 0;
    std::size_t written = 0;
    const auto status = library_.algorithm_get(&best_, which, &value, sizeof value, &written);
    return status == CUBLAS_STATUS_SUCCESS ? Json(value) : Json(nullptr);
  };
  return {{"library_version", library_.version()},
          {"workspace_bytes", kWorkspaceBytes},
          {"algorithms_timed", timed_},
          {"heuristic_rank", best_rank_},
          {"algorithm", attribute(CUBLASLT_ALGO_CONFIG_ID)},
          {"tile", attribute(CUBLASLT_ALGO_CONFIG_TILE_ID)},
          {"stages", attribute(CUBLASLT_ALGO_CONFIG_STAGES_ID)},
          {"split_k", attribute(CUBLASLT_ALGO_CONFIG_SPLITK_NUM)}};
}

}  // namespace assay
