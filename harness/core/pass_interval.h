// The confidence interval of a median between runs, from a series that was sampled in passes.
#pragma once

#include <span>

#include "harness/core/statistics.h"

namespace assay {

/// Student's t over the logarithms of the passes' medians (a time is above zero), at 95 %, and
/// never narrower than `within`, the interval of all samples: what differs between passes of one
/// run differs between runs too, and no number of samples inside a pass shows it. At most a
/// hundredth to a hundred times the medians' mean, but for `within`. `within` alone for fewer than
/// two passes. Throws Error for a median that is not above zero.
Interval interval_between_passes(std::span<const double> pass_medians_s, const Interval& within);

}  // namespace assay
