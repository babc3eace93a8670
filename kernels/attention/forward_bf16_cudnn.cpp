// attention_forward.bf16.cudnn: the GPU's library peer of the forward pass for bf16.
#include "kernels/attention/cudnn/cudnn_attention.h"

namespace assay::attention {
namespace {

struct Bf16CudnnForward final : CudnnAttention {
  Bf16CudnnForward() : CudnnAttention(Workload::forward, "bf16") {}
};

const Enrolment<Bf16CudnnForward> bf16_cudnn_forward_enrolment;

}  // namespace
}  // namespace assay::attention
