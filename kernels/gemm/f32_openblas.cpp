// gemm.f32.openblas: the host's library peer for f32.
#include "kernels/gemm/openblas.h"

namespace assay {
namespace {

struct F32OpenBlas final : OpenBlasGemm {
  F32OpenBlas() : OpenBlasGemm("f32", "OpenBLAS cblas_sgemm, opened at run time") {}
};

const Enrolment<F32OpenBlas> f32_openblas_enrolment;

}  // namespace
}  // namespace assay
