// attention_forward.f16.cudnn: the GPU's library peer of the forward pass for f16.
#include "kernels/attention/cudnn/cudnn_attention.h"

namespace assay::attention {
namespace {

struct F16CudnnForward final : CudnnAttention {
  F16CudnnForward() : CudnnAttention(Workload::forward, "f16") {}
};

const Enrolment<F16CudnnForward> f16_cudnn_forward_enrolment;

}  // namespace
}  // namespace assay::attention
