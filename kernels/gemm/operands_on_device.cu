// The kernels that make and check the matrices of GEMM cases, for every GPU from sm_80 on.
//
// Compiled with -fmad=false: the host's generator rounds every product and every sum.
#include "kernels/gemm/on_device/kernels.cuh"

namespace assay {
namespace {

const on_device::Enrolment enrolment(on_device::kKernels);

}  // namespace
}  // namespace assay
