// gemm.fp8_e4m3.cublaslt and cublaslt_fast: the library peers for fp8, which differ in the sums:
// promoted to f32 on the way, or left in the tensor core as ours are. The library multiplies no
// e5m2 by e5m2.
#include "kernels/gemm/cublaslt_gemm.h"

namespace assay {
namespace {

class Fp8CublasLt final : public CublasLtGemm {
 public:
  Fp8CublasLt()
      : CublasLtGemm("fp8_e4m3", "cublaslt", tensor_core_types("fp8_e4m3"), CublasLtSum::fp8, 89,
                     "cuBLASLt without fast accumulation, the fastest of its heuristics") {}
};
const Enrolment<Fp8CublasLt> fp8_cublaslt;

class Fp8FastCublasLt final : public CublasLtGemm {
 public:
  Fp8FastCublasLt()
      : CublasLtGemm("fp8_e4m3", "cublaslt_fast", tensor_core_types("fp8_e4m3"),
                     CublasLtSum::fp8_fast, 89,
                     "cuBLASLt with fast accumulation, the fastest of its heuristics") {}
};
const Enrolment<Fp8FastCublasLt> fp8_fast_cublaslt;

}  // namespace
}  // namespace assay
