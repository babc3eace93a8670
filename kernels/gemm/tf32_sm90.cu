// gemm.tf32.sm90: Hopper's wgmma on the upper 19 bits of floats, B by columns, C in f32.
#include "kernels/gemm/sm90/launch.cuh"

namespace assay {
namespace {

using Tf32Gemm = sm90::Gemm<device::Tf32, device::Tf32, float, device::Major::kK>;

const GemmKernelEnrolment sm90_enrolment(
    sm90::entry<Tf32Gemm>("tf32", "warp-specialised wgmma fed by TMA, B by columns, C in f32"));
const GemmKernelEnrolment sm90_alpha_beta(
    with_alpha_beta(sm90::entry<Tf32Gemm>("tf32", "the same with alpha and beta: C is read too"),
                    "sm90_alpha_beta"));

}  // namespace
}  // namespace assay
