// A GEMM kernel of ours as the catalogue has it.
#pragma once

#include "kernels/gemm/gemm_case.h"
#include "kernels/gemm/gemm_kernel.h"

namespace assay {

class GpuGemm : public GemmImplementation {
 public:
  explicit GpuGemm(const GemmKernel& kernel);

  std::optional<std::string> refuses(const Shape& shape, const Device& device) const override;
  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override;

 protected:
  /// The kernel planned for a group, its inputs beside the matrices on the device.
  struct Prepared {
    std::shared_ptr<GemmOperands> operands;
    BindMultiply bind;
    Json choice;
    GemmTerms terms;
  };
  Prepared prepared(GroupContext& context) const;

  bool takes_batches() const override { return kernel_.takes == GemmParts::batches; }
  bool takes_groups() const override { return kernel_.takes == GemmParts::groups; }

 private:
  GemmKernel kernel_;
};

}  // namespace assay
