// gemm.fp8_e4m3.sm90_block_scaled: a scale for every 1 x 128 of A and 128 x 128 of B, C in bf16;
// sums leave the tensor core every 128 products and are added up in f32.
#include "kernels/gemm/sm90/block_scaled.cuh"
#include "kernels/gemm/sm90/launch.cuh"

namespace assay {
namespace {

using ScaledGemm = sm90::Gemm<device::E4m3, device::E4m3, device::Bf16, device::Major::kK>;
using ScaledOperands =
    sm90::Operands<device::E4m3, device::E4m3, device::Bf16, device::Major::kK, device::Major::kK>;
constexpr int kScaledTile = 2;  // 128x128: one scale of B a tile and stage
using ScaledKernel = sm90::Kernel<ScaledOperands, sm90::ListedTile<kScaledTile>>;

sm90::Plan scaled_plan(const GemmShape& shape, int multiprocessors) {
  return sm90::plan_with(ScaledGemm::product(shape), kScaledTile, 1, multiprocessors);
}

void launch_scaled(const GemmCall& call) {
  sm90::launch_kernel<ScaledKernel>(sm90::gemm_block_scaled<ScaledKernel>,
                                    ScaledGemm::product(call.shape),
                                    scaled_plan(call.shape, call.multiprocessors), call,
                                    sm90::ScaleBlocks{call.scales_a, call.scales_b});
}

const GpuGemmEnrolment sm90_enrolment(
    {.dtype = "fp8_e4m3",
     .name = "sm90_block_scaled",
     .summary = "the Hopper kernel with scales by block, sums promoted to f32 every 128 of K",
     .types = tensor_core_types("fp8_e4m3"),
     .launch = launch_scaled,
     .capability = 9,
     .only_there = true,
     .refuses = ScaledGemm::refuses,
     .describe =
         [](const GemmShape& shape, int multiprocessors) {
           return sm90::describe(scaled_plan(shape, multiprocessors));
         },
     .block_scaled = true});

}  // namespace
}  // namespace assay
