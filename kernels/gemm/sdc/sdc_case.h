// A product that is repeated for as long as it is sampled, each result compared with the first.
#pragma once

#include <memory>
#include <vector>

#include "harness/measure/timed_case.h"
#include "kernels/gemm/gemm_case.h"
#include "kernels/gemm/sdc/difference.h"
#include "kernels/launch/prepared_kernel.h"

namespace assay {

/// Verified like any product. Then the bits of one run are the reference, and every later run, on
/// any copy of the operands, must give the same bits. Differences are reported after the samples.
class SdcCase final : public TimedCase {
 public:
  SdcCase(Device& device, std::shared_ptr<GemmOperands> operands, BindMultiply bind,
          PreparedKernel<ComparedResults> compare, OutputTile tile, Json choice);

  Verification verify() override;
  void enqueue(std::size_t set) override;
  std::optional<std::string> wrong_after_samples() override;
  std::size_t operand_sets() const override { return operands_->count(); }
  Work work() const override { return operands_->work(); }
  Json choice() const override { return choice_; }

 private:
  std::size_t output_bytes() const;

  Device& device_;
  std::shared_ptr<GemmOperands> operands_;
  BindMultiply bind_;
  PreparedKernel<ComparedResults> compare_;
  OutputTile tile_;
  Json choice_;
  std::unique_ptr<Buffer> golden_, difference_;
  std::vector<Enqueue> products_;  // by operand set
  std::vector<PreparedLaunch> comparisons_;
};

}  // namespace assay
