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

template <bool kGrouped>
GemmPlans plans_scaled(const GemmProblem& problem) {
  using K = sm90::Kernel<ScaledOperands, sm90::ListedTile<kScaledTile>, kGrouped>;
  const sm90::Product product = ScaledGemm::product(problem.shape);
  std::vector<sm90::Plan> plans = {sm90::plan_with(product, K::kTile, 1, problem.multiprocessors)};
  if (auto sharing = sm90::plan_sharing(product, K::kTile, problem.multiprocessors))
    plans.push_back(*sharing);
  GemmPlans offered;
  for (const sm90::Plan& plan : plans)
    offered.push_back(sm90::kernel_plan<K>(sm90::gemm_block_scaled<K>, product, plan, problem,
                                           sm90::ScaleBlocks{problem.scales_a, problem.scales_b}));
  return offered;
}

GemmKernel scaled(bool grouped) {
  GemmKernel kernel = sm90::entry<ScaledGemm>(
      "fp8_e4m3",
      grouped ? "scales by block, over groups of rows, each with its own B"
              : "the Hopper kernel with scales by block, sums promoted to f32 every 128 of K",
      grouped ? plans_scaled<true> : plans_scaled<false>);
  kernel.name = grouped ? "sm90_grouped_block_scaled" : "sm90_block_scaled";
  kernel.block_scaled = true;
  kernel.takes = grouped ? GemmParts::groups : GemmParts::batches;
  return kernel;
}

const GemmKernelEnrolment sm90_enrolment(scaled(false));
const GemmKernelEnrolment sm90_grouped_enrolment(scaled(true));

}  // namespace
}  // namespace assay
