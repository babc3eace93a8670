// gemm.f32.cublaslt: the GPU's library peer for f32, without TF32.
#include "kernels/gemm/cublaslt_gemm.h"

namespace assay {
namespace {

class F32CublasLt final : public CublasLtGemm {
 public:
  F32CublasLt()
      : CublasLtGemm("f32", "cublaslt", {}, CublasLtSum::f32, 0,
                     "cuBLASLt, opened at run time, the fastest of its heuristics") {}
};
const Enrolment<F32CublasLt> f32_cublaslt;

}  // namespace
}  // namespace assay
