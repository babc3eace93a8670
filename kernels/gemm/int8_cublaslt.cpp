// gemm.int8.cublaslt: the GPU's library peer for int8 into int32.
#include "kernels/gemm/cublaslt_gemm.h"

namespace assay {
namespace {

class Int8CublasLt final : public CublasLtGemm {
 public:
  Int8CublasLt()
      : CublasLtGemm("int8", "cublaslt", tensor_core_types("int8"), CublasLtSum::int32, 75,
                     "cuBLASLt, opened at run time, the fastest of its heuristics") {}
};
const Enrolment<Int8CublasLt> int8_cublaslt;

}  // namespace
}  // namespace assay
