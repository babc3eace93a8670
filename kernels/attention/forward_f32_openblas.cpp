// attention_forward.f32.openblas: the host's forward pass for f32.
#include "kernels/attention/openblas_forward.h"

namespace assay::attention {
namespace {

struct F32OpenBlasForward final : OpenBlasForward {
  F32OpenBlasForward()
      : OpenBlasForward("f32", "blocked softmax between products of OpenBLAS, f32") {}
};

const Enrolment<F32OpenBlasForward> f32_openblas_forward_enrolment;

}  // namespace
}  // namespace assay::attention
