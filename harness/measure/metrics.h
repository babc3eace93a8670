// Rates and the fraction of the speed of light, computed from a median time.
#pragma once

#include "harness/core/result.h"
#include "harness/measure/sampler.h"
#include "harness/measure/timed_case.h"

namespace assay {

/// Sets metrics (flop, flop_per_s, moved_bytes, bytes_per_s) and, where the device's figures are
/// known, speed_of_light_fraction: the least time that its arithmetic and its memory allow for
/// this work (or the link that it crosses), over the median. Memory bounds a cold series only; a
/// hot one may run from cache.
void add_metrics(const Work& work, const SpeedOfLight& light, Measurement& measurement);

/// The peak rate of a long series, and the rate that it sustained at the end.
void add_endurance(const Work& work, const Endurance& endurance, Measurement& measurement);

}  // namespace assay
