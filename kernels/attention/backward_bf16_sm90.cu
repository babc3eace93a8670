// attention_backward.bf16.sm90 and sm90_ordered: Hopper's wgmma on bf16, probabilities and sums in
// f32.
#include "kernels/attention/sm90/backward_launch.cuh"

namespace assay::attention {
namespace {

const KernelEnrolment bf16_sm90_backward_enrolment(
    sm90::backward_entry<device::Bf16, false>("bf16"));
const KernelEnrolment bf16_sm90_ordered_backward_enrolment(
    sm90::backward_entry<device::Bf16, true>("bf16"));

}  // namespace
}  // namespace assay::attention
