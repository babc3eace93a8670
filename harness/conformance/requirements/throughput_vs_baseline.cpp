// Requirement: each device reaches what a baseline says its SKU reaches; never an average.
#include <fmt/format.h>

#include <cmath>

#include "harness/conformance/baseline_lookup.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"

namespace assay {

namespace {

class ThroughputVsBaseline final : public Requirement {
 public:
  std::string kind() const override { return "throughput_vs_baseline"; }
  Axis axis() const override { return Axis::performance; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    // Where neither the row nor the profile says: a tenth under a healthy part's figure is bad.
    const RateLimit standard = RateLimit::read(parameters, RateLimit{0.90, 0.95});
    parameters.done();

    Findings findings;
    Lowest lowest;
    for (const DeviceGroup& group : device_groups(evidence, filter)) {
      judge_group(group, evidence.baselines, filter, standard, findings, lowest);
    }
    return findings.verdict("lowest: " + lowest.text);
  }

 private:
  struct Lowest {
    double fraction = HUGE_VAL;
    std::string text;
  };

  static void judge_group(const DeviceGroup& group, const std::vector<Baseline>& baselines,
                          const CaseFilter& filter, const RateLimit& standard, Findings& findings,
                          Lowest& lowest) {
    const Subject subject = subject_of(group.device);
    if (best_of(group, filter) == nullptr) {
      const Absence absence = why_none(group, filter);
      findings.not_evaluated(absence.reason_code, absence.text, subject);
      return;
    }
    const FoundRow found = find_row(baselines, group, filter);
    if (found.row == nullptr) {
      const DeviceFacts& device = *group.device.device;
      findings.not_evaluated("no_baseline",
                             fmt::format("no baseline row for {} on {}; give one with --baseline",
                                         group.name(), device.sku.value_or(device.name)),
                             subject);
      return;
    }
    const BaselineRow& row = *found.row;
    const RateLimit limit{row.fail_below.value_or(standard.fail_below),
                          row.warn_below.value_or(standard.warn_below)};
    const Rate rate{row.metric, found.measurement->metrics.at(row.metric)};
    const RateFraction fraction = with_interval(rate.value / row.value, *found.measurement);
    const std::string text = fmt::format(
        "{} {} = {} of the baseline's {} ({})", found.measurement->id.str(), in_words(rate),
        percent(fraction.at_median), in_words({row.metric, row.value}), found.baseline->name);
    record(group, found, rate, fraction, limit, findings);
    report(text, found, fraction, limit, subject, findings);
    if (fraction.at_median < lowest.fraction) lowest = {fraction.at_median, text};
  }

  static void record(const DeviceGroup& group, const FoundRow& found, const Rate& rate,
                     const RateFraction& fraction, const RateLimit& limit, Findings& findings) {
    Json entry = device_figures(group.device);
    entry["case"] = found.measurement->id.str();
    entry["series"] = name(found.measurement->series);
    entry[rate.metric] = rate.value;
    entry["baseline"] = found.row->value;
    entry["baseline_fraction"] = fraction.at_median;
    entry["favourable_fraction"] = fraction.favourable;
    entry["fail_below"] = limit.fail_below;
    entry["warn_below"] = limit.warn_below;
    entry["tier"] = found.row->tier;
    entry["source"] = found.row->source;
    entry["expired"] = found.expired;
    findings.figure("cases", std::move(entry));
  }

  static void report(const std::string& text, const FoundRow& found, const RateFraction& fraction,
                     const RateLimit& limit, const Subject& subject, Findings& findings) {
    if (report_below(text, fraction, limit, subject, findings)) return;
    if (found.expired) {
      findings.warn("baseline_expired",
                    fmt::format("{}, but the row expired on {}", text, found.row->expires),
                    subject);
    } else {
      findings.pass();
    }
  }
};

const RequirementEnrolment<ThroughputVsBaseline> throughput_vs_baseline_enrolment;

}  // namespace

}  // namespace assay
