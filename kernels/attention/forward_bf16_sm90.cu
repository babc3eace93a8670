// attention_forward.bf16.sm90: Hopper's wgmma on bf16, softmax and sums in f32.
#include "kernels/attention/sm90/launch.cuh"

namespace assay::attention {
namespace {

const KernelEnrolment bf16_sm90_forward_enrolment(sm90::forward_entry<device::Bf16>("bf16"));

}  // namespace
}  // namespace assay::attention
