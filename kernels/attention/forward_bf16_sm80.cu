// attention_forward.bf16.sm80: mma.sync on bf16, from compute capability 8.0 on; softmax and sums
// in f32.
#include "kernels/attention/sm80/forward_launch.cuh"

namespace assay::attention {
namespace {

const KernelEnrolment bf16_sm80_forward_enrolment(sm80::forward_entry<device::Bf16>("bf16"));

}  // namespace
}  // namespace assay::attention
