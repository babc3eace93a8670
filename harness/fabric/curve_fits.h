// What the collectives of a document say about latency and bandwidth, curve by curve.
#pragma once

#include <vector>

#include "harness/core/result.h"

namespace assay {

/// Piecewise latency-bandwidth fits of every curve that was measured at two sizes or more, for the
/// document's `fits`.
Json fits_of(const std::vector<Measurement>& measurements);

}  // namespace assay
