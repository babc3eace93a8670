// Requirement: each device reaches a fraction of what its own figures allow; never an average.
#include <fmt/format.h>

#include <cmath>

#include "harness/conformance/cases.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"
#include "harness/core/error.h"

namespace assay {

namespace {

class ThroughputVsSpeedOfLight final : public Requirement {
 public:
  std::string kind() const override { return "throughput_vs_speed_of_light"; }
  Axis axis() const override { return Axis::performance; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read_with_scope(parameters);
    const RateLimit limit = RateLimit::read(parameters, std::nullopt);
    parameters.done();

    Findings findings;
    findings.set_figure("fail_below", limit.fail_below);
    findings.set_figure("warn_below", limit.warn_below);
    Lowest lowest;
    for (const DeviceGroup& group : device_groups(evidence, filter)) {
      judge_group(group, filter, limit, findings, lowest);
    }
    return findings.verdict(
        fmt::format("lowest: {}; floor {}", lowest.text, percent(limit.fail_below)));
  }

 private:
  struct Lowest {
    double fraction = HUGE_VAL;
    std::string text;
  };

  static void judge_group(const DeviceGroup& group, const CaseFilter& filter,
                          const RateLimit& limit, Findings& findings, Lowest& lowest) {
    const Subject subject = subject_of(group.device);
    const Measurement* best = best_of(group, filter);
    if (best == nullptr) {
      const Absence absence = why_none(group, filter);
      findings.not_evaluated(absence.reason_code, absence.text, subject);
      return;
    }
    const double reached = best->speed_of_light_fraction.value_or(0);
    if (!std::isfinite(reached) || reached <= 0) {
      findings.not_evaluated(
          "missing", best->id.str() + ": the speed of light of this device is unknown", subject);
      return;
    }
    const Rate rate = *rate_of(*best);
    const std::string text = fmt::format("{}{} {} = {} of speed of light", best->id.str(),
                                         group.is_at_once() ? " on all devices at once" : "",
                                         in_words(rate), percent(reached));
    const RateFraction fraction = with_interval(reached, *best);
    Json entry = device_figures(group.device);
    entry["case"] = best->id.str();
    entry["series"] = name(best->series);
    entry[rate.metric] = rate.value;
    entry["speed_of_light_fraction"] = fraction.at_median;
    entry["favourable_fraction"] = fraction.favourable;
    findings.figure("cases", std::move(entry));
    if (!report_below(text, fraction, limit, subject, findings)) findings.pass();
    if (reached < lowest.fraction) lowest = {reached, text};
  }
};

const RequirementEnrolment<ThroughputVsSpeedOfLight> throughput_vs_speed_of_light_enrolment;

}  // namespace

}  // namespace assay
