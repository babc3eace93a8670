// gemm.tf32.cublaslt: the GPU's library peer for tf32.
#include "kernels/gemm/cublaslt_gemm.h"

namespace assay {
namespace {

class Tf32CublasLt final : public CublasLtGemm {
 public:
  Tf32CublasLt()
      : CublasLtGemm("tf32", "cublaslt", tensor_core_types("tf32"), CublasLtSum::tf32, 80,
                     "cuBLASLt, opened at run time, the fastest of its heuristics") {}
};
const Enrolment<Tf32CublasLt> tf32_cublaslt;

}  // namespace
}  // namespace assay
