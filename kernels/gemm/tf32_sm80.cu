// gemm.tf32.sm80: the portable mma.sync kernel on tf32, B by columns.
#include "kernels/gemm/sm80/launch.cuh"

namespace assay {
namespace {

using Portable = sm80::Operands<device::Tf32, float, device::Major::kK>;
const GemmKernelEnrolment sm80_enrolment(sm80::entry<Portable>("tf32"));
const GemmKernelEnrolment sm80_alpha_beta(with_alpha_beta(sm80::entry<Portable>("tf32"),
                                                          "sm80_alpha_beta"));

}  // namespace
}  // namespace assay
