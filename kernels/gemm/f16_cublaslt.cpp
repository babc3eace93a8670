// gemm.f16.cublaslt: the GPU's library peer for f16.
#include "kernels/gemm/cublaslt_gemm.h"

namespace assay {
namespace {

class F16CublasLt final : public CublasLtGemm {
 public:
  F16CublasLt()
      : CublasLtGemm("f16", "cublaslt", tensor_core_types("f16"), CublasLtSum::f32, 70,
                     "cuBLASLt, opened at run time, the fastest of its heuristics") {}
};
const Enrolment<F16CublasLt> f16_cublaslt;

}  // namespace
}  // namespace assay
