// attention_forward.f16.sm90: Hopper's wgmma on f16, softmax and sums in f32.
#include "kernels/attention/sm90/launch.cuh"

namespace assay::attention {
namespace {

const KernelEnrolment f16_sm90_forward_enrolment(sm90::forward_entry<device::F16>("f16"));

}  // namespace
}  // namespace assay::attention
