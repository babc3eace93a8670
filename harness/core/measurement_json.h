// One entry of a result document's `measurements`.
#pragma once

#include "harness/core/result.h"

namespace assay {

Json to_json(const Measurement& measurement);
/// Throws Error for what no schema can say: a case id that contradicts its own parts, quantiles
/// out of order.
Measurement measurement_from_json(const Json& json);

}  // namespace assay
