// A GEMM kernel of ours as the catalogue has it.
#pragma once

#include <functional>

#include "kernels/gemm/every_plan.h"
#include "kernels/gemm/gemm_case.h"
#include "kernels/gemm/gemm_kernel.h"

namespace assay {

class GpuGemm : public GemmImplementation {
 public:
  explicit GpuGemm(const GemmKernel& kernel);

  std::optional<std::string> refuses(const Shape& shape, const Device& device) const override;
  std::unique_ptr<TimedCase> prepare(GroupContext& context) const override;

  /// Times every plan that the kernel offers, by itself and in their order, for a group without
  /// rows in groups and without scales.
  void time_plans(GroupContext& context,
                  const std::function<void(std::size_t plan, double took_s)>& timed) const;

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
  OfferedPlans offered(GroupContext& context) const;
  /// Of the group's shape, without what only some kernels need.
  GemmProblem problem_of(const GemmOperands& operands, const Device& device) const;

  GemmKernel kernel_;
};

}  // namespace assay
