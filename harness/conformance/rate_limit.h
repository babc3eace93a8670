// A rate against its two limits, with the measurement's own uncertainty taken into account.
#pragma once

#include <optional>

#include "harness/conformance/findings.h"
#include "harness/conformance/parameters.h"
#include "harness/core/result.h"
#include "harness/core/verdict.h"

namespace assay {

/// Fractions of what the device should reach.
struct RateLimit {
  double fail_below = 0;
  double warn_below = 0;

  /// Reads `fail_below` and `warn_below`; both are required when there is no fallback. Throws
  /// Error when warn_below is the smaller.
  static RateLimit read(Parameters& parameters, const std::optional<RateLimit>& fallback);
  /// The same two, both required, of a rate beside another's: they may exceed 1.
  static RateLimit read_ratio(Parameters& parameters);
};

/// The two limits as figures of the verdict.
void set_figures(const RateLimit& limit, Findings& findings);

/// A measured rate as a fraction of what it should be, and the fractions at the two ends of the
/// median's confidence interval: its fastest time favours the device.
struct RateFraction {
  double at_median = 0;
  double favourable = 0;
  double unfavourable = 0;
};

/// A median time and the ends of its confidence interval; zeros where nothing was timed.
struct MedianTime {
  double seconds = 0, low_s = 0, high_s = 0;
};
MedianTime median_time_of(const Measurement& measurement);

/// `at_median` belongs to the median time; the interval stretches it.
RateFraction with_interval(double at_median, const MedianTime& time);
RateFraction with_interval(double at_median, const Measurement& measurement);
/// Writes the fractions at both ends, and where the measurement has an interval its level.
void add_interval(const RateFraction& fraction, const Measurement& measurement, Json& entry);
/// A fraction that has no interval.
RateFraction without_interval(double fraction);

/// fail: the whole interval is below `fail_below`; not_evaluated: that limit lies in it, so that
/// another run may say the opposite; warn: it reaches below `warn_below`; else pass.
Verdict against(const RateFraction& fraction, const RateLimit& limit);

/// Adds the finding of a rate that `text` describes, `too_noisy` where the interval straddles
/// `fail_below`; false where it is within both limits, and the caller says what that is.
bool report_below(const std::string& text, const RateFraction& fraction, const RateLimit& limit,
                  const Subject& subject, Findings& findings);

}  // namespace assay
