// gemm.f32.blocked: our own host GEMM for f32.
#include "kernels/gemm/blocked.h"

namespace assay {
namespace {

struct F32Blocked final : BlockedGemm {
  F32Blocked() : BlockedGemm("f32", "own packed and blocked GEMM, f32") {}
};

const Enrolment<F32Blocked> f32_blocked_enrolment;

}  // namespace
}  // namespace assay
