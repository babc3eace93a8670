// gemm.f16.sm90: Hopper's wgmma on f16, f32 accumulation, both operands row-major.
#include "kernels/gemm/sm90/launch.cuh"

namespace assay {
namespace {

using F16Gemm = sm90::Gemm<device::F16, device::F16, device::F16, device::Major::kMn>;

const GemmKernelEnrolment sm90_enrolment(sm90::entry<F16Gemm>(
    "f16", "warp-specialised wgmma fed by TMA, persistent, in clusters of two"));
const GemmKernelEnrolment sm90_alpha_beta(with_alpha_beta(
    sm90::entry<F16Gemm>("f16", "the same with alpha and beta: C is read too"), "sm90_alpha_beta"));

}  // namespace
}  // namespace assay
