// gemm.f32.sm80: true f32 by fused multiply-adds on the CUDA cores, both operands row-major.
#include "kernels/gemm/gpu_gemm.h"
#include "kernels/gemm/sm80/f32_kernel.cuh"

namespace assay {
namespace {

void launch_f32(const GemmCall& call) {
  sm80::Arguments arguments = sm80::arguments_of(call.shape, call.matrices);
  arguments.alpha = call.alpha;
  arguments.beta = call.beta;
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(arguments.rows * arguments.columns);
  config.grid.y = static_cast<unsigned>(call.shape.batches);
  config.block.x = sm80::kF32Threads;
  config.shared_bytes = sizeof(sm80::F32Shared);
  config.stream = call.stream;
  device::launch(config, sm80::gemm_f32, arguments);
}

const GpuGemmKernel kKernel = {
    .dtype = "f32",
    .name = "sm80",
    .summary = "fused multiply-adds fed by cp.async, one 128x128 tile a block",
    .types = {},
    .launch = launch_f32,
    .capability = 8,
    .refuses =
        [](const GemmShape& shape) {
          return sm80::refusal(shape, sizeof(float), device::Major::kMn);
        },
    .batched = true};
const GpuGemmEnrolment sm80_enrolment(kKernel);
const GpuGemmEnrolment sm80_alpha_beta(with_alpha_beta(kKernel, "sm80_alpha_beta"));

}  // namespace
}  // namespace assay
