// gemm.f32.sm80: true f32 by fused multiply-adds on the CUDA cores, both operands row-major.
#include "kernels/gemm/sm80/f32_kernel.cuh"
#include "kernels/gemm/sm80/launch.cuh"

namespace assay {
namespace {

GemmPlans plans_f32(const GemmProblem& problem) {
  return {sm80::kernel_plan(sm80::gemm_f32, sm80::kF32Threads, sizeof(sm80::F32Shared), problem)};
}

const GemmKernel kKernel = {
    .dtype = "f32",
    .name = "sm80",
    .summary = "fused multiply-adds fed by cp.async, one 128x128 tile a block",
    .types = {},
    .plans = plans_f32,
    .capability = {8},
    .refuses =
        [](const GemmShape& shape) {
          return sm80::refusal(shape, sizeof(float), device::Major::kMn);
        },
    .takes = GemmParts::batches};
const GemmKernelEnrolment sm80_enrolment(kKernel);
const GemmKernelEnrolment sm80_alpha_beta(with_alpha_beta(kKernel, "sm80_alpha_beta"));

}  // namespace
}  // namespace assay
