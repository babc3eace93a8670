// attention_forward.bf16.openblas: the host's forward pass for bf16.
#include "kernels/attention/openblas_forward.h"

namespace assay::attention {
namespace {

struct Bf16OpenBlasForward final : OpenBlasForward {
  Bf16OpenBlasForward()
      : OpenBlasForward(
            "bf16",
            "blocked softmax between products of OpenBLAS, stored in bf16, computed in f32") {}
};

const Enrolment<Bf16OpenBlasForward> bf16_openblas_forward_enrolment;

}  // namespace
}  // namespace assay::attention
