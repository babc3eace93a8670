// One plan after the other, so that only one workspace is held.
#include "kernels/gemm/every_plan.h"

#include "harness/measure/device_lost.h"
#include "harness/measure/sign_of_life.h"
#include "kernels/launch/prepared_kernel.h"

namespace assay {
namespace {

std::string said_of(const GemmPlan& plan, const std::string& what) {
  return plan.description.empty() ? what : plan.description + ": " + what;
}

}  // namespace

Verification EveryPlan::verify(const GemmPlan& plan) {
  const PreparedKernel<GemmPointers> kernel(device_, plan);
  return offered_.operands->verify(
      [&](const GemmPointers& matrices) { kernel.on(matrices).launch(device_.stream()); },
      offered_.terms);
}

Verification EveryPlan::verify() {
  std::optional<Verification> first;
  for (const GemmPlan& plan : offered_.plans) {
    try {
      Verification verification = verify(plan);
      if (!verification.ok()) {
        verification.detail = said_of(plan, verification.detail);
        return verification;
      }
      if (!first) first = std::move(verification);
    } catch (const DeviceLost& lost) {
      throw DeviceLost(said_of(plan, lost.what()));
    } catch (const std::exception& error) {
      throw Error(said_of(plan, error.what()));
    }
    sign_of_life();  // a profiler that holds launches makes each plan slow
  }
  return first.value();
}

void EveryPlan::enqueue(std::size_t) {
  throw Error("a GEMM that was prepared to be verified only has no plan to time");
}

}  // namespace assay
