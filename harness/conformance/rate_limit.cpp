// A rate against its two limits.
#include "harness/conformance/rate_limit.h"

#include "harness/core/error.h"

namespace assay {

RateLimit RateLimit::read(Parameters& parameters, const std::optional<RateLimit>& fallback) {
  const auto one = [&](const char* key, double otherwise) {
    return fallback ? parameters.fraction(key, otherwise) : parameters.required_fraction(key);
  };
  const RateLimit limit{one("fail_below", fallback ? fallback->fail_below : 0),
                        one("warn_below", fallback ? fallback->warn_below : 0)};
  if (limit.warn_below < limit.fail_below) {
    throw Error("profile requirement '" + parameters.id() + "': warn_below is under fail_below");
  }
  return limit;
}

RateFraction with_interval(double at_median, const Measurement& measurement) {
  RateFraction fraction{at_median, at_median};
  if (!measurement.samples) return fraction;
  const Samples& samples = *measurement.samples;
  if (samples.ci_low_s > 0 && samples.median_s > samples.ci_low_s) {
    fraction.favourable = at_median * samples.median_s / samples.ci_low_s;
  }
  return fraction;
}

Verdict against(const RateFraction& fraction, const RateLimit& limit) {
  if (fraction.favourable < limit.fail_below) return Verdict::fail;
  return fraction.at_median < limit.warn_below ? Verdict::warn : Verdict::pass;
}

}  // namespace assay
