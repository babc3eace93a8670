// gemm.bf16.cublaslt: the GPU's library peer for bf16.
#include "kernels/gemm/cublaslt_gemm.h"

namespace assay {
namespace {

class Bf16CublasLt final : public CublasLtGemm {
 public:
  Bf16CublasLt()
      : CublasLtGemm("bf16", "cublaslt", tensor_core_types("bf16"), CublasLtSum::f32, 80,
                     "cuBLASLt, opened at run time, the fastest of its heuristics") {}
};
const Enrolment<Bf16CublasLt> bf16_cublaslt;

}  // namespace
}  // namespace assay
