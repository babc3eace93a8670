// gemm.bf16.sm90_{a,b,ab}_by_columns: the Hopper kernel on operands that lie by columns.
#include "kernels/gemm/sm90/launch.cuh"

namespace assay {
namespace {

using device::Bf16;
using device::Major;

template <Major kMajorA, Major kMajorB>
GemmKernel stored(const char* name, const char* summary) {
  return by_columns(sm90::entry<sm90::Gemm<Bf16, Bf16, Bf16, kMajorB, kMajorA>>("bf16", summary),
                    name, kMajorA == Major::kMn, kMajorB == Major::kK);
}

const GemmKernelEnrolment a(stored<Major::kMn, Major::kMn>("sm90_a_by_columns",
                                                           "the Hopper kernel, A by columns"));
const GemmKernelEnrolment b(stored<Major::kK, Major::kK>(
    "sm90_b_by_columns", "the Hopper kernel, B by columns, as weights are stored"));
const GemmKernelEnrolment ab(
    stored<Major::kMn, Major::kK>("sm90_ab_by_columns", "the Hopper kernel, A and B by columns"));

}  // namespace
}  // namespace assay
