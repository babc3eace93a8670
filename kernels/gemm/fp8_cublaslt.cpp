// gemm.fp8_e4m3.cublaslt and cublaslt_fast: the library peers for fp8, which differ in the sums:
// promoted to f32 on the way, or left in the tensor core as ours are. The library multiplies no
// e5m2 by e5m2. cublaslt_mxfp8 has a scale for 32 of K, a power of two.
#include "kernels/gemm/cublaslt_block_scaled.h"

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

class Mxfp8CublasLt final : public BlockScaledCublasLt {
 public:
  Mxfp8CublasLt()
      : BlockScaledCublasLt("fp8_e4m3", "cublaslt_mxfp8", {32, ScaleFormat::ue8m0},
                            "cuBLASLt on mxfp8, the fastest of its heuristics") {}
};
const Enrolment<Mxfp8CublasLt> mxfp8_cublaslt;

}  // namespace
}  // namespace assay
