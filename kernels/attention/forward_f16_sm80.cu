// attention_forward.f16.sm80: mma.sync on f16, from compute capability 8.0 on; softmax and sums in
// f32.
#include "kernels/attention/sm80/forward_launch.cuh"

namespace assay::attention {
namespace {

const KernelEnrolment f16_sm80_forward_enrolment(sm80::forward_entry<device::F16>("f16"));

}  // namespace
}  // namespace assay::attention
