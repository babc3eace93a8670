// gemm.fp4_e2m1.cublaslt_nvfp4: the library peer for nvfp4: e2m1 with an e4m3 scale for 16 of K.
#include "kernels/gemm/cublaslt_block_scaled.h"

namespace assay {
namespace {

class Nvfp4CublasLt final : public BlockScaledCublasLt {
 public:
  Nvfp4CublasLt()
      : BlockScaledCublasLt("fp4_e2m1", "cublaslt_nvfp4", {16, ScaleFormat::ue4m3},
                            "cuBLASLt on nvfp4, the fastest of its heuristics") {}
};
const Enrolment<Nvfp4CublasLt> nvfp4_cublaslt;

}  // namespace
}  // namespace assay
