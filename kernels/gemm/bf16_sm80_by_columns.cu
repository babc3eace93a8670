// gemm.bf16.sm80_{a,b,ab}_by_columns: the portable kernel on operands that lie by columns.
#include "kernels/gemm/sm80/launch.cuh"

namespace assay {
namespace {

using device::Bf16;
using device::Major;

template <Major kMajorA, Major kMajorB>
GemmKernel stored(const char* name) {
  return by_columns(sm80::entry<sm80::Operands<Bf16, Bf16, kMajorB, kMajorA>>("bf16"), name,
                    kMajorA == Major::kMn, kMajorB == Major::kK);
}

const GemmKernelEnrolment a(stored<Major::kMn, Major::kMn>("sm80_a_by_columns"));
const GemmKernelEnrolment b(stored<Major::kK, Major::kK>("sm80_b_by_columns"));
const GemmKernelEnrolment ab(stored<Major::kMn, Major::kK>("sm80_ab_by_columns"));

}  // namespace
}  // namespace assay
