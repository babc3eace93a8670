// attention_backward.f16.cudnn: the GPU's library peer of the backward pass for f16.
#include "kernels/attention/cudnn/cudnn_attention.h"

namespace assay::attention {
namespace {

struct F16CudnnBackward final : CudnnAttention {
  F16CudnnBackward() : CudnnAttention(Workload::backward, "f16") {}
};

const Enrolment<F16CudnnBackward> f16_cudnn_backward_enrolment;

}  // namespace
}  // namespace assay::attention
