// Instrumented: the searches for corrupted results, enrolled over the emulated device layer, each
// with a bit that can be made to flip.
#include "tests/emulator/gemm/sdc_kernels.h"

#include "kernels/gemm/sdc/bf16_sm80.cuh"
#include "kernels/gemm/sdc/bf16_sm90.cuh"

namespace assay::emulator {

namespace {

std::optional<Flip> planted;

/// The kernel's own launch, and then the planted bit.
template <SdcKernel (*kKernel)()>
GemmPlans plans_with_flip(const GemmProblem& problem) {
  GemmPlan plan = kKernel().product.plans(problem).front();
  plan.bind = [bind = plan.bind](const GemmPointers& matrices, const Workspace& workspace) {
    return PreparedLaunch([launch = bind(matrices, workspace), c = matrices.c](void* stream) {
      launch.launch(stream);
      if (!planted || planted->after_runs-- != 0) return;
      auto* bits = static_cast<std::uint16_t*>(c) + planted->element;
      *bits = static_cast<std::uint16_t>(*bits ^ 1);  // the last bit of the mantissa
    });
  };
  return {plan};
}

template <SdcKernel (*kKernel)()>
SdcKernel with_flip() {
  SdcKernel kernel = kKernel();
  kernel.product.plans = plans_with_flip<kKernel>;
  return kernel;
}

const SdcKernelEnrolment hopper(with_flip<sdc::bf16_sm90>());
const SdcKernelEnrolment portable(with_flip<sdc::bf16_sm80>());

}  // namespace

void plant(const std::optional<Flip>& flip) { planted = flip; }

}  // namespace assay::emulator
