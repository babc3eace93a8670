// A kernel's plan on a device: what prepare() makes once and a timed case launches from.
#pragma once

#include <memory>
#include <string>

#include "harness/measure/device.h"
#include "kernels/launch/prepared_launch.h"

namespace assay {

template <class Operands>
class PreparedKernel {
 public:
  /// Allocates the workspace; `device` outlives this.
  PreparedKernel(Device& device, KernelPlan<Operands> plan)
      : device_(device), plan_(std::move(plan)) {
    if (plan_.scratch_bytes != 0) scratch_ = device.allocate(plan_.scratch_bytes);
    if (plan_.counter_bytes == 0) return;
    counters_ = device.allocate(plan_.counter_bytes);
    device.fill(*counters_, 0);
  }

  /// The launch on these operands, which uses this object's workspace.
  PreparedLaunch on(const Operands& operands) const {
    device_.synchronize();  // makes it the current device, whose functions are being prepared
    return plan_.bind(
        operands, {scratch_ ? scratch_->data() : nullptr, counters_ ? counters_->data() : nullptr});
  }

  const std::string& description() const { return plan_.description; }

 private:
  Device& device_;
  KernelPlan<Operands> plan_;
  std::unique_ptr<Buffer> scratch_, counters_;
};

}  // namespace assay
