// gemm.bf16.blocked: our own host GEMM for bf16.
#include "kernels/gemm/blocked.h"

namespace assay {
namespace {

struct Bf16Blocked final : BlockedGemm {
  Bf16Blocked()
      : BlockedGemm(
            "bf16",
            "own packed and blocked GEMM on inputs rounded to bf16, f32 accumulation and output") {}
};

const Enrolment<Bf16Blocked> bf16_blocked_enrolment;

}  // namespace
}  // namespace assay
