// What the collectives of a document say about latency and bandwidth, curve by curve.
#pragma once

#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// ` in the node of GPU-1`, empty for a cluster: two racks of as many ranks have the same cases,
/// which are not to be taken for each other.
std::string in_scope(const Scope& scope);

/// Piecewise latency-bandwidth fits of every collective, dtype, implementation, series and scope
/// that was measured at two sizes or more, for the document's `fits`.
Json fits_of(const std::vector<Measurement>& measurements);

}  // namespace assay
