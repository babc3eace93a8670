// attention_backward.f16.sm90 and sm90_ordered: Hopper's wgmma on f16, probabilities and sums in
// f32.
#include "kernels/attention/sm90/backward_launch.cuh"

namespace assay::attention {
namespace {

const KernelEnrolment f16_sm90_backward_enrolment(sm90::backward_entry<device::F16, false>("f16"));
const KernelEnrolment f16_sm90_ordered_backward_enrolment(
    sm90::backward_entry<device::F16, true>("f16"));

}  // namespace
}  // namespace assay::attention
