// attention_backward.bf16.cudnn: the GPU's library peer of the backward pass for bf16.
#include "kernels/attention/cudnn/cudnn_attention.h"

namespace assay::attention {
namespace {

struct Bf16CudnnBackward final : CudnnAttention {
  Bf16CudnnBackward() : CudnnAttention(Workload::backward, "bf16") {}
};

const Enrolment<Bf16CudnnBackward> bf16_cudnn_backward_enrolment;

}  // namespace
}  // namespace assay::attention
