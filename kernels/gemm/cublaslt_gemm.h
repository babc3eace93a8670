// cuBLASLt as the GPU's library peer of one dtype.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kernels/gemm/cublaslt_multiply.h"
#include "kernels/gemm/gemm_case.h"

namespace assay {

/// `gemm.<dtype>.<name>`; `capability` is ten times the compute capability that it needs.
class CublasLtGemm : public GemmImplementation {
 public:
  CublasLtGemm(const char* dtype, const char* name, GemmTypes types, CublasLtSum sum,
               int capability, const char* summary, CublasLtFactors factors = {})
      : GemmImplementation(Backend::cuda, dtype, name, summary, types),
        sum_(sum),
        capability_(capability),
        factors_(factors) {}

  /// Of one byte an element, the library multiplies only what begins on whole words of its own.
  std::optional<std::string> refuses(const Shape& shape, const Device& device) const override;
  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override;

 protected:
  std::optional<std::string> missing(const Device& device) const override;
  /// Throws Error (exit 3) when it is absent.
  static const CublasLt& library();
  CublasLtSum sum() const { return sum_; }
  bool takes_batches() const override { return true; }

 private:
  CublasLtSum sum_;
  int capability_;
  CublasLtFactors factors_;
};

}  // namespace assay
