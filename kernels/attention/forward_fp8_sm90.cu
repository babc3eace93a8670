// attention_forward.fp8_e4m3.sm90_v_by_columns: Hopper's wgmma on e4m3, softmax and sums in f32.
#include "kernels/attention/sm90/fp8_launch.cuh"

namespace assay::attention {
namespace {

const KernelEnrolment fp8_sm90_forward_enrolment(sm90::fp8_forward_entry());

}  // namespace
}  // namespace assay::attention
