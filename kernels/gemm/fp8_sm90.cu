// gemm.fp8_e4m3.sm90 and gemm.fp8_e5m2.sm90: Hopper's wgmma on fp8, one scale a tensor, C in bf16;
// sums stay in the tensor core for all of K, as in cuBLASLt with fast accumulation.
#include "kernels/gemm/sm90/launch.cuh"

namespace assay {
namespace {

template <class T>
using Fp8Gemm = sm90::Gemm<T, T, device::Bf16, device::Major::kK>;

constexpr const char* kSummary = "warp-specialised wgmma fed by TMA, B by columns, C in bf16";
const GemmKernelEnrolment e4m3(sm90::entry<Fp8Gemm<device::E4m3>>("fp8_e4m3", kSummary));
const GemmKernelEnrolment e5m2(sm90::entry<Fp8Gemm<device::E5m2>>("fp8_e5m2", kSummary));
const GemmKernelEnrolment e4m3_alpha_beta(with_alpha_beta(
    sm90::entry<Fp8Gemm<device::E4m3>>("fp8_e4m3", "the same with alpha and beta: C is read too"),
    "sm90_alpha_beta"));

}  // namespace
}  // namespace assay
