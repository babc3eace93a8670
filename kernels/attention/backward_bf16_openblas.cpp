// attention_backward.bf16.openblas: the host's backward pass for bf16.
#include "kernels/attention/openblas_backward.h"

namespace assay::attention {
namespace {

struct Bf16OpenBlasBackward final : OpenBlasBackward {
  Bf16OpenBlasBackward()
      : OpenBlasBackward("bf16",
                         "recomputed softmax between five products of OpenBLAS, stored in bf16, "
                         "computed in f32") {}
};

const Enrolment<Bf16OpenBlasBackward> bf16_openblas_backward_enrolment;

}  // namespace
}  // namespace assay::attention
