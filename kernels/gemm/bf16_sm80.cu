// gemm.bf16.sm80: the portable mma.sync kernel on bf16, f32 accumulation.
#include "kernels/gemm/sm80/launch.cuh"

namespace assay {
namespace {

using Portable = sm80::Operands<device::Bf16, device::Bf16, device::Major::kMn>;
const GemmKernelEnrolment sm80_enrolment(sm80::entry<Portable>("bf16"));
const GemmKernelEnrolment sm80_alpha_beta(with_alpha_beta(sm80::entry<Portable>("bf16"),
                                                          "sm80_alpha_beta"));

}  // namespace
}  // namespace assay
