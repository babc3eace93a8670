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

/// Scales of blocks along K, on the device in the library's own order; none: null. A mode is a
/// cublasLtMatmulMatrixScale_t.
struct CublasLtScales {
  std::int32_t mode_a = 0, mode_b = 0;
  const void* a = nullptr;
  const void* b = nullptr;
};

/// C = alpha A B + beta C.
struct CublasLtFactors {
  float alpha = 1, beta = 0;
};

/// What the library is asked for.
struct CublasLtProduct {
  GemmShape shape;
  GemmTypes types;
  CublasLtSum sum = CublasLtSum::f32;
  CublasLtScales scales = {};
  CublasLtFactors factors = {};
};

/// A handle of the library's, destroyed by the library.
template <class Handle>
using CublasLtOwned = std::unique_ptr<std::remove_pointer_t<Handle>, cublasStatus_t (*)(Handle)>;

/// A handle, and the workspace of all products by it, which take turns on the device's stream.
struct CublasLtSession {
  CublasLtSession(const CublasLt& opened, Device& on);

  const CublasLt& library;
  Device& device;
  std::unique_ptr<Buffer> workspace;
  CublasLtOwned<cublasLtHandle_t> handle;
};

/// One product, or one of each batch, by the fastest algorithm that the library's heuristics offer
/// and that a short timing on the very operands confirms.
class CublasLtMultiply {
 public:
  /// Times the algorithms on these sets of matrices, or takes the library's first where nothing is
  /// timed. Throws Refused where the library offers none.
  CublasLtMultiply(std::shared_ptr<const CublasLtSession> session, const CublasLtProduct& asked,
                   const std::vector<GemmPointers>& sets, Purpose purpose);

  void operator()(const GemmPointers& matrices) const { run(best_, matrices); }
  /// The algorithm chosen, of how many, and the library's version.
  Json choice() const;

 private:
  using Layout = CublasLtOwned<cublasLtMatrixLayout_t>;

  /// Of every batch's matrix, one after the other.
  Layout make_layout(Dtype element, std::int64_t rows, std::int64_t columns,
                     std::int64_t batches) const;
  std::vector<cublasLtMatmulAlgo_t> candidates() const;
  void choose_fastest(const std::vector<cublasLtMatmulAlgo_t>& offered,
                      const std::vector<GemmPointers>& sets);
  void run(const cublasLtMatmulAlgo_t& algorithm, const GemmPointers& matrices) const;

  std::shared_ptr<const CublasLtSession> session_;
  const CublasLt& library_;
  CublasLtSum sum_;
  CublasLtFactors factors_;
  CublasLtOwned<cublasLtMatmulDesc_t> product_;
  Layout a_, b_, c_;
  cublasLtMatmulAlgo_t best_{};
  std::size_t timed_ = 0, best_rank_ = 0;
};

}  // namespace assay
