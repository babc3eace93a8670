// A product that is not timed: every plan that its kernel offers is verified.
#pragma once

#include <memory>

#include "kernels/gemm/gemm_case.h"
#include "kernels/gemm/gemm_kernel.h"

namespace assay {

/// A group's product as a kernel offers to compute it.
struct OfferedPlans {
  std::shared_ptr<GemmOperands> operands;
  GemmTerms terms;
  std::shared_ptr<const void> inputs;  ///< What the plans read beside the matrices.
  GemmPlans plans;
};

/// A timed run chooses one plan and verifies that one; here none is chosen.
class EveryPlan final : public TimedCase {
 public:
  EveryPlan(Device& device, OfferedPlans offered) : device_(device), offered_(std::move(offered)) {}

  /// What the model's first plan comes to, or the first that is wrong, by its description.
  Verification verify() override;
  /// Throws: there is no plan to time.
  void enqueue(std::size_t set) override;
  std::size_t operand_sets() const override { return offered_.operands->count(); }
  Work work() const override { return offered_.operands->work(offered_.terms); }

 private:
  Verification verify(const GemmPlan& plan);

  Device& device_;
  OfferedPlans offered_;
};

}  // namespace assay
