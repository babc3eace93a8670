// gemm.bf16.sm90_grouped: the rows of A fall to groups, as tokens to experts, each with its own B.
#include "kernels/gemm/sm90/launch.cuh"

namespace assay {
namespace {

using Bf16Gemm = sm90::Gemm<device::Bf16, device::Bf16, device::Bf16, device::Major::kMn>;

GemmKernel grouped() {
  GemmKernel kernel = sm90::entry<Bf16Gemm>(
      "bf16", "the Hopper kernel over groups of rows, each with its own B, which end anywhere",
      Bf16Gemm::plans_grouped);
  kernel.name = "sm90_grouped";
  kernel.takes = GemmParts::groups;
  return kernel;
}

const GemmKernelEnrolment sm90_grouped_enrolment(grouped());

}  // namespace
}  // namespace assay
