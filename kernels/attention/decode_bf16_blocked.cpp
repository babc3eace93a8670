// attention_decode.bf16.blocked: the host's decode step for bf16.
#include "kernels/attention/blocked_decode.h"

namespace assay::attention {
namespace {

struct Bf16BlockedDecode final : BlockedDecode {
  Bf16BlockedDecode()
      : BlockedDecode("bf16",
                      "one decode step over a paged cache in bf16, keys split over the cores, "
                      "computed in f32") {}
};

const Enrolment<Bf16BlockedDecode> bf16_blocked_decode_enrolment;

}  // namespace
}  // namespace assay::attention
