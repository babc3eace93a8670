// Instrumented: the searches for corrupted results, enrolled over the emulated device layer, each
// with a bit that can be made to flip.
#include "tests/emulator/gemm/sdc_kernels.h"

#include "kernels/gemm/sdc/bf16_sm80.cuh"
#include "kernels/gemm/sdc/bf16_sm90.cuh"

namespace assay::emulator {

namespace {

std::optional<Flip> planted;

/// The kernel's own launch, and then the planted bit.
template <GpuGemmKernel (*kKernel)()>
void launch(const GemmCall& call) {
  kKernel().launch(call);
  if (!planted || planted->after_runs-- != 0) return;
  auto* bits = static_cast<std::uint16_t*>(call.matrices.c) + planted->element;
  *bits = static_cast<std::uint16_t>(*bits ^ 1);  // the last bit of the mantissa
}

template <GpuGemmKernel (*kKernel)()>
GpuGemmKernel with_flip() {
  GpuGemmKernel kernel = kKernel();
  kernel.launch = launch<kKernel>;
  return kernel;
}

const GpuGemmEnrolment hopper(with_flip<sdc::bf16_sm90>());
const GpuGemmEnrolment portable(with_flip<sdc::bf16_sm80>());

}  // namespace

void plant(const std::optional<Flip>& flip) { planted = flip; }

}  // namespace assay::emulator
