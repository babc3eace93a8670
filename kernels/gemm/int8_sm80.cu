// gemm.int8.sm80: the portable mma.sync kernel on int8 into int32, B by columns.
#include "kernels/gemm/sm80/launch.cuh"

namespace assay {
namespace {

using Portable = sm80::Operands<std::int8_t, std::int32_t, device::Major::kK>;
const GemmKernelEnrolment sm80_enrolment(sm80::entry<Portable>("int8"));

}  // namespace
}  // namespace assay
