// A rate against its two limits.
#include "harness/conformance/rate_limit.h"

#include <fmt/format.h>

#include "harness/conformance/quantity.h"
#include "harness/core/error.h"

namespace assay {

namespace {

RateLimit in_order(const RateLimit& limit, const Parameters& parameters) {
  if (limit.warn_below < limit.fail_below) {
    throw Error("profile requirement '" + parameters.id() + "': warn_below is under fail_below");
  }
  return limit;
}

}  // namespace

RateLimit RateLimit::read_ratio(Parameters& parameters) {
  return in_order(
      {parameters.required_ratio("fail_below"), parameters.required_ratio("warn_below")},
      parameters);
}

RateLimit RateLimit::read(Parameters& parameters, const std::optional<RateLimit>& fallback) {
  const auto one = [&](const char* key, double otherwise) {
    return fallback ? parameters.fraction(key, otherwise) : parameters.required_fraction(key);
  };
  return in_order({one("fail_below", fallback ? fallback->fail_below : 0),
                   one("warn_below", fallback ? fallback->warn_below : 0)},
                  parameters);
}

void set_figures(const RateLimit& limit, Findings& findings) {
  findings.set_figure("fail_below", limit.fail_below);
  findings.set_figure("warn_below", limit.warn_below);
}

MedianTime median_time_of(const Measurement& measurement) {
  if (!measurement.samples) return {};
  const Samples& samples = *measurement.samples;
  return {samples.median_s, samples.ci_low_s, samples.ci_high_s};
}

RateFraction with_interval(double at_median, const MedianTime& time) {
  RateFraction fraction = without_interval(at_median);
  if (time.low_s > 0 && time.seconds > time.low_s)
    fraction.favourable = at_median * time.seconds / time.low_s;
  if (time.high_s > time.seconds) fraction.unfavourable = at_median * time.seconds / time.high_s;
  return fraction;
}

RateFraction with_interval(double at_median, const Measurement& measurement) {
  return with_interval(at_median, median_time_of(measurement));
}

void add_interval(const RateFraction& fraction, const Measurement& measurement, Json& entry) {
  entry["favourable_fraction"] = fraction.favourable;
  entry["unfavourable_fraction"] = fraction.unfavourable;
  if (measurement.samples) entry["interval_level"] = measurement.samples->ci_level;
}

RateFraction without_interval(double fraction) { return {fraction, fraction, fraction}; }

Verdict against(const RateFraction& fraction, const RateLimit& limit) {
  if (fraction.favourable < limit.fail_below) return Verdict::fail;
  if (fraction.unfavourable < limit.fail_below) return Verdict::not_evaluated;
  return fraction.unfavourable < limit.warn_below ? Verdict::warn : Verdict::pass;
}

bool report_below(const std::string& text, const RateFraction& fraction, const RateLimit& limit,
                  const Subject& subject, Findings& findings) {
  const Verdict verdict = against(fraction, limit);
  if (verdict == Verdict::fail)
    findings.fail(
        "below_limit",
        fmt::format("{}, below {}", text, percent_limit(limit.fail_below, fraction.at_median)),
        subject);
  if (verdict == Verdict::not_evaluated)
    findings.not_evaluated(
        "too_noisy",
        fmt::format("{}, and its interval from {:.1f} % to {:.1f} % holds the limit of {}", text,
                    100 * fraction.unfavourable, 100 * fraction.favourable,
                    percent(limit.fail_below)),
        subject);
  if (verdict == Verdict::warn)
    findings.warn("below_warn",
                  fmt::format("{}, {} {}", text,
                              fraction.at_median < limit.warn_below ? "below" : "not surely above",
                              percent_limit(limit.warn_below, fraction.at_median)),
                  subject);
  return verdict != Verdict::pass;
}

}  // namespace assay
