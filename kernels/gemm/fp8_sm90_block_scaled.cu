// gemm.fp8_e4m3.sm90_block_scaled: a scale for every 1 x 128 of A and 128 x 128 of B, C in bf16;
// sums leave the tensor core every 128 products and are added up in f32. And
// gemm.fp8_e4m3.sm90_grouped_block_scaled: the same over groups of rows, each with its own B.
#include "kernels/gemm/sm90/block_scaled.cuh"
#include "kernels/gemm/sm90/launch.cuh"

namespace assay {
namespace {

using ScaledGemm = sm90::Gemm<device::E4m3, device::E4m3, device::Bf16, device::Major::kK>;
using ScaledOperands =
    sm90::Operands<device::E4m3, device::E4m3, device::Bf16, device::Major::kK, device::Major::kK>;
constexpr int kScaledTile = 2;  // 128x128: one scale of B a tile and stage

sm90::Plan scaled_plan(const GemmShape& shape, int multiprocessors) {
  return sm90::plan_with(ScaledGemm::product(shape), kScaledTile, 1, multiprocessors);
}

template <bool kGrouped>
void launch_scaled(const GemmCall& call) {
  using K = sm90::Kernel<ScaledOperands, sm90::ListedTile<kScaledTile>, kGrouped>;
  sm90::launch_kernel<K>(sm90::gemm_block_scaled<K>, ScaledGemm::product(call.shape),
                         scaled_plan(call.shape, call.multiprocessors), call,
                         sm90::ScaleBlocks{call.scales_a, call.scales_b});
}

GpuGemmKernel scaled(bool grouped) {
  GpuGemmKernel kernel = sm90::entry<ScaledGemm>(
      "fp8_e4m3",
      grouped ? "scales by block, over groups of rows, each with its own B"
              : "the Hopper kernel with scales by block, sums promoted to f32 every 128 of K",
      grouped ? launch_scaled<true> : launch_scaled<false>);
  kernel.name = grouped ? "sm90_grouped_block_scaled" : "sm90_block_scaled";
  kernel.workspace_bytes = nullptr;
  kernel.describe = [](const GemmShape& shape, int multiprocessors) {
    return sm90::describe(scaled_plan(shape, multiprocessors));
  };
  kernel.block_scaled = true;
  kernel.batched = !grouped;
  kernel.grouped = grouped;
  return kernel;
}

const GpuGemmEnrolment sm90_enrolment(scaled(false));
const GpuGemmEnrolment sm90_grouped_enrolment(scaled(true));

}  // namespace
}  // namespace assay
