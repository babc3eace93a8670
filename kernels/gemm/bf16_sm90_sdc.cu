// gemm.bf16.sm90_sdc: one product of bf16 over and over, its bits compared with those of the first.
#include "kernels/gemm/sdc/compare.cuh"
#include "kernels/gemm/sm90/launch.cuh"

namespace assay {
namespace {

using Bf16Sdc = sm90::Gemm<device::Bf16, device::Bf16, device::Bf16, device::Major::kMn>;

const GpuGemmEnrolment sm90_sdc_enrolment(
    {.dtype = "bf16",
     .name = "sm90_sdc",
     .summary = "the Hopper kernel with a fixed plan, each result compared bit for bit",
     .types = tensor_core_types("bf16"),
     .launch = Bf16Sdc::launch_fixed,
     .capability = 9,
     .only_there = true,
     .refuses = Bf16Sdc::refuses,
     .describe = Bf16Sdc::describe_fixed,
     .compare = sdc::compare,
     .tile = {sm90::kTiles[0].left, sm90::kTiles[0].right}});

}  // namespace
}  // namespace assay
