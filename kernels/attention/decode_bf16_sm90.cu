// attention_decode.bf16.sm90: multi-head latent attention on bf16, wgmma fed by TMA; softmax and
// sums in f32.
#include "kernels/attention/sm90/latent_launch.cuh"

namespace assay::attention {
namespace {

const KernelEnrolment bf16_sm90_decode_enrolment(sm90::latent_entry<device::Bf16>("bf16"));

}  // namespace
}  // namespace assay::attention
