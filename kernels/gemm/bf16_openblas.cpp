// gemm.bf16.openblas: the host's library peer for bf16.
#include "kernels/gemm/openblas.h"

namespace assay {
namespace {

struct Bf16OpenBlas final : OpenBlasGemm {
  Bf16OpenBlas()
      : OpenBlasGemm(
            "bf16", "OpenBLAS cblas_sgemm on inputs rounded to bf16, f32 accumulation and output") {
  }
};

const Enrolment<Bf16OpenBlas> bf16_openblas_enrolment;

}  // namespace
}  // namespace assay
