// A product by cuBLASLt: described once, its algorithm chosen by timing the library's candidates.
#pragma once

#include <cuda_runtime_api.h>

#include <memory>
#include <type_traits>
#include <vector>

#include "kernels/gemm/cublaslt.h"
#include "kernels/gemm/operands.h"

namespace assay {

/// How the library is asked to sum: integers for int8, else in f32, of which two rules bend.
enum class CublasLtSum { f32, tf32, int32, fp8, fp8_fast };

/// Scales of blocks along K, on the device in the library's own order; none: null.
struct CublasLtScales {
  std::int32_t mode = 0;  ///< A cublasLtMatmulMatrixScale_t.
  const void* a = nullptr;
  const void* b = nullptr;
};

/// C = alpha A B + beta C.
struct CublasLtFactors {
  float alpha = 1, beta = 0;
};

/// One product, or one of each batch, by the fastest algorithm that the library's heuristics offer
/// and that a short timing on the very operands confirms.
class CublasLtMultiply {
 public:
  CublasLtMultiply(const CublasLt& library, Device& device, GemmOperands& operands, CublasLtSum sum,
                   const CublasLtScales& scales = {}, CublasLtFactors factors = {});

  void operator()(const GemmPointers& matrices) { run(best_, matrices); }
  /// The algorithm chosen, of how many, and the library's version.
  Json choice() const;

 private:
  /// A handle of the library's, destroyed by the library.
  template <class Handle>
  using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, cublasStatus_t (*)(Handle)>;
  using Layout = Owned<cublasLtMatrixLayout_t>;

  /// Of every batch's matrix, one after the other.
  Layout make_layout(Dtype element, std::int64_t rows, std::int64_t columns,
                     std::int64_t batches) const;
  std::vector<cublasLtMatmulAlgo_t> candidates() const;
  void run(const cublasLtMatmulAlgo_t& algorithm, const GemmPointers& matrices) const;

  const CublasLt& library_;
  cudaStream_t stream_;
  CublasLtSum sum_;
  CublasLtFactors factors_;
  std::unique_ptr<Buffer> workspace_;
  Owned<cublasLtHandle_t> handle_;
  Owned<cublasLtMatmulDesc_t> product_;
  Layout a_, b_, c_;
  cublasLtMatmulAlgo_t best_{};
  std::size_t offered_ = 0, best_rank_ = 0;
};

}  // namespace assay
