// attention_decode.f32.blocked: the host's decode step for f32.
#include "kernels/attention/blocked_decode.h"

namespace assay::attention {
namespace {

struct F32BlockedDecode final : BlockedDecode {
  F32BlockedDecode()
      : BlockedDecode("f32",
                      "one decode step over a paged cache in f32, keys split over the cores") {}
};

const Enrolment<F32BlockedDecode> f32_blocked_decode_enrolment;

}  // namespace
}  // namespace assay::attention
