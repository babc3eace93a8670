// gemm.int8.sm90: Hopper's wgmma on int8, exact sums, B by columns, C in int32.
#include "kernels/gemm/sm90/launch.cuh"

namespace assay {
namespace {

using Int8Gemm = sm90::Gemm<std::int8_t, std::int8_t, std::int32_t, device::Major::kK>;

const GemmKernelEnrolment sm90_enrolment(
    sm90::entry<Int8Gemm>("int8", "warp-specialised wgmma fed by TMA, B by columns, C in int32"));

}  // namespace
}  // namespace assay
