// Requirement: the samples can carry a verdict: enough of them, not throttled, not too noisy.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/conformance/cases.h"
#include "harness/conformance/device_copies.h"
#include "harness/conformance/discards.h"
#include "harness/conformance/fabric.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/core/statistics.h"

namespace assay {

namespace {

struct Limits {
  double max_relative_interval;
  double max_discarded;
  std::int64_t min_samples;
};

/// The median's confidence interval, its width over the median.
double relative_interval(const Samples& samples) {
  return (samples.ci_high_s - samples.ci_low_s) / samples.median_s;
}

class StableSamples final : public Requirement {
 public:
  std::string kind() const override { return "stable_samples"; }
  Axis axis() const override { return Axis::validity; }

  RequirementVerdict evaluate(const Evidence& evidence,
                              const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    Limits limits{parameters.fraction("max_relative_interval",
                                      evidence.profile->sampling.max_relative_interval),
                  parameters.fraction("max_discarded", 0.5),
                  evidence.profile->sampling.min_samples};
    parameters.done();

    Findings findings;
    findings.set_figure("max_relative_interval", limits.max_relative_interval);
    findings.set_figure("max_discarded", limits.max_discarded);
    findings.set_figure("min_samples", limits.min_samples);
    Seen seen;
    for (const char* scope : {"device", "node"}) {
      CaseFilter of_scope = filter;
      of_scope.scope = scope;
      for (const DeviceGroup& group : device_groups(evidence, of_scope)) {
        limits.min_samples = group.sampling.min_samples;
        const Subject subject = subject_of(group.device);
        if (check_members(group.members, limits, subject, seen, findings)) continue;
        const Absence absence = why_none(group, filter);
        findings.not_evaluated(absence.reason_code, absence.text, subject);
      }
    }
    // Of a pair's few exchanges the fastest counts, which says nothing about their spread.
    for (const FabricGroup& group : fabric_groups(evidence, filter)) {
      if (group.reach == Reach::rank_pairs) continue;
      limits.min_samples = group.sampling.min_samples;
      for (const Measurement* member : group.members)
        check_members({member}, limits, subject_of(member->scope), seen, findings);
    }
    for (const DeviceCopies& copies : device_copies(evidence)) {
      if (!filter.takes(copies)) continue;
      limits.min_samples = copies.sampling.min_samples;
      check_members(copies.members, limits, subject_of(copies), seen, findings);
    }
    seen.set_figures(findings);
    return findings.verdict(fmt::format("widest interval of a median {} of it, limit {}",
                                        percent(seen.widest),
                                        percent(limits.max_relative_interval)));
  }

 private:
  /// What the series come to together, for the verdict's figures.
  struct Seen {
    double widest = 0, sum_of_widths = 0, sum_of_stdevs = 0;
    std::map<std::string, std::pair<double, int>> quantiles;  // over their medians: sum and number
    std::int64_t series = 0, samples = 0, discarded = 0;
    std::map<std::string, std::int64_t> stop_reasons;

    void add(const Samples& one) {
      const double width = relative_interval(one);
      widest = std::max(widest, width);
      sum_of_widths += width;
      sum_of_stdevs += one.values_s.empty() ? 0 : relative_stdev(one.values_s);
      ++series;
      samples += one.count;
      discarded += one.discarded;
      ++stop_reasons[one.stop_reason];
      add_quantile("p5", one.p5_s, one.median_s);
      add_quantile("p95", one.p95_s, one.median_s);
      add_quantile("p99", one.p99_s, one.median_s);
    }
    void add_quantile(const char* quantile, std::optional<double> time_s, double median_s) {
      if (!time_s) return;
      auto& [sum, number] = quantiles[quantile];
      sum += *time_s / median_s;
      ++number;
    }
    void set_figures(Findings& findings) const {
      const auto of_each = [&](double sum) {
        return series > 0 ? sum / static_cast<double>(series) : 0;
      };
      findings.set_figure("widest_relative_interval", widest);
      findings.set_figure("mean_relative_interval", of_each(sum_of_widths));
      findings.set_figure("mean_relative_stdev", of_each(sum_of_stdevs));
      findings.set_figure("series", series);
      findings.set_figure("samples", samples);
      findings.set_figure("discarded", discarded);
      findings.set_figure("stop_reasons", stop_reasons);
      for (const auto& [quantile, of_median] : quantiles)
        findings.set_figure(fmt::format("mean_{}_over_median", quantile),
                            of_median.first / of_median.second);
    }
  };

  /// False where there is nothing that could be stable.
  static bool check_members(const std::vector<const Measurement*>& members, const Limits& limits,
                            const Subject& subject, Seen& seen, Findings& findings) {
    bool any = false;
    for (const Measurement* member : members) {
      if (member->status == MeasurementStatus::not_applicable) continue;
      any = true;
      if (member->samples && member->samples->median_s > 0) seen.add(*member->samples);
      check(*member, limits, subject, findings);
    }
    return any;
  }

  static bool check(const Measurement& measurement, const Limits& limits, const Subject& subject,
                    Findings& findings) {
    const std::string id = measurement.id.str();
    if (measurement.status == MeasurementStatus::failed_verification) {
      findings.not_evaluated("failed_verification",
                             id + " failed verification, so it was not timed", subject);
      return false;
    }
    if (measurement.status == MeasurementStatus::error) {
      findings.fail("error", fmt::format("{}: {}", id, measurement.reason), subject);
      return false;
    }
    if (!measurement.samples || !(measurement.samples->median_s > 0)) {
      findings.not_evaluated("missing", id + " has no samples", subject);
      return false;
    }
    return check_samples(measurement, limits, subject, findings);
  }

  static bool check_samples(const Measurement& measurement, const Limits& limits,
                            const Subject& subject, Findings& findings) {
    const std::string id = measurement.id.str();
    const Samples& samples = *measurement.samples;
    if (samples.discard_reasons.contains("gate_timeout")) {
      findings.fail("gate_timeout", id + ": the gate opened by itself before the work was queued",
                    subject);
    } else if (const double discarded = discarded_fraction(measurement);
               discarded > limits.max_discarded) {
      const bool is_contended = contended_fraction(measurement) > discarded / 2;
      findings.fail(is_contended ? "contended" : "throttled",
                    fmt::format("{}: {} of the samples discarded ({})", id, percent(discarded),
                                discard_reasons_text(samples)),
                    subject);
    } else if (samples.count < limits.min_samples || samples.stop_reason == "interrupted") {
      findings.not_evaluated("too_few_samples",
                             fmt::format("{}: {} samples ({}), {} are needed", id, samples.count,
                                         samples.stop_reason, limits.min_samples),
                             subject);
    } else if (const double width = relative_interval(samples);
               !(width >= 0 && width <= limits.max_relative_interval)) {
      findings.not_evaluated(
          "too_noisy",
          fmt::format("{}: the median's interval is {} of it, limit {} ({})", id, percent(width),
                      percent(limits.max_relative_interval), samples.stop_reason),
          subject);
    } else {
      findings.pass();
      return true;
    }
    return false;
  }
};

const RequirementEnrolment<StableSamples> stable_samples_enrolment;

}  // namespace

}  // namespace assay
