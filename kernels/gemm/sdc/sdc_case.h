// A product that is repeated for as long as it is sampled, each result compared with the first.
#pragma once

#include <functional>
#include <memory>

#include "harness/measure/timed_case.h"
#include "kernels/gemm/operands.h"
#include "kernels/gemm/sdc/difference.h"

namespace assay {

/// Verified like any product; then the bits of one run are golden, and every later run, on whatever
/// copy of the operands, has to give them again. What differs shows after the samples.
class SdcCase final : public TimedCase {
 public:
  using Compare = std::function<void(const CompareCall&)>;

  SdcCase(Device& device, std::shared_ptr<GemmOperands> operands, Multiply multiply,
          Compare compare, OutputTile tile, Json choice);

  Verification verify() override;
  void enqueue(std::size_t set) override;
  std::optional<std::string> wrong_after_samples() override;
  std::size_t operand_sets() const override { return operands_->count(); }
  Work work() const override { return operands_->work(); }
  Json choice() const override { return choice_; }

 private:
  std::size_t output_bytes() const;
  void compare_with_golden(std::size_t set);

  Device& device_;
  std::shared_ptr<GemmOperands> operands_;
  Multiply multiply_;
  Compare compare_;
  OutputTile tile_;
  Json choice_;
  std::unique_ptr<Buffer> golden_, difference_;
};

}  // namespace assay
