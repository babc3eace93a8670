// attention_backward.f32.openblas: the host's backward pass for f32.
#include "kernels/attention/openblas_backward.h"

namespace assay::attention {
namespace {

struct F32OpenBlasBackward final : OpenBlasBackward {
  F32OpenBlasBackward()
      : OpenBlasBackward("f32", "recomputed softmax between five products of OpenBLAS, f32") {}
};

const Enrolment<F32OpenBlasBackward> f32_openblas_backward_enrolment;

}  // namespace
}  // namespace assay::attention
