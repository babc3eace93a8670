// attention_decode.f16.sm90: multi-head latent attention on f16, wgmma fed by TMA; softmax and sums
// in f32.
#include "kernels/attention/sm90/latent_launch.cuh"

namespace assay::attention {
namespace {

const KernelEnrolment f16_sm90_decode_enrolment(sm90::latent_entry<device::F16>("f16"));

}  // namespace
}  // namespace assay::attention
