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
  int passes;

  void take(const SamplingRule& rule) {
    min_samples = rule.min_samples;
    passes = rule.passes;
  }
};

/// Of a series in one pass no medians by pass are kept.
int passes_of(const Samples& samples) {
  return std::max(1, static_cast<int>(samples.pass_medians_s.size()));
}

/// A pass whose samples were all discarded leaves nothing: of each at least one was taken.
bool lacks_passes(const Samples& samples, int asked) {
  return passes_of(samples) + samples.discarded < asked;
}

/// The median's confidence interval, its width over the median.
double relative_interval(const Samples& samples) {
  return (samples.ci_high_s - samples.ci_low_s) / samples.median_s;
}

class StableSamples final : public Requirement {
 public:
  std::string kind() const override { return "stable_samples"; }
  Axis axis() const override { return Axis::validity; }

  std::unique_ptr<Inquiry> inquire(const Profile& profile,
                                   const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    CaseFilter filter = CaseFilter::read(parameters);
    filter.is_of_any_reach = true;
    const Limits limits{
        parameters.fraction("max_relative_interval", profile.sampling.max_relative_interval),
        parameters.fraction("max_discarded", 0.5), profile.sampling.min_samples,
        profile.sampling.passes};
    parameters.done();
    return inquiry(
        Notes(), [=](const Evidence& some, Notes& to) { look(some, filter, limits, to); },
        [=](Notes& of) { return conclude(of, limits); });
  }

 private:
  /// What is asked of one series, for the verdict's figures.
  struct SeriesFigures {
    double width, stdev, p5;  // quantiles over the median
    std::optional<double> p95, p99;
    std::int64_t samples, discarded;
    std::string stop_reason;

    explicit SeriesFigures(const Samples& one)
        : width(relative_interval(one)),
          stdev(one.values_s.empty() ? 0 : relative_stdev(one.values_s)),
          p5(one.p5_s / one.median_s),
          samples(one.count),
          discarded(one.discarded),
          stop_reason(one.stop_reason) {
      if (one.p95_s) p95 = *one.p95_s / one.median_s;
      if (one.p99_s) p99 = *one.p99_s / one.median_s;
    }
  };

  /// What the series come to together.
  struct Tally {
    double widest = 0, sum_of_widths = 0, sum_of_stdevs = 0;
    std::map<std::string, std::pair<double, int>> quantiles;  // over their medians: sum and number
    std::int64_t series = 0, samples = 0, discarded = 0;
    std::map<std::string, std::int64_t> stop_reasons;

    void add(const SeriesFigures& one) {
      widest = std::max(widest, one.width);
      sum_of_widths += one.width;
      sum_of_stdevs += one.stdev;
      ++series;
      samples += one.samples;
      discarded += one.discarded;
      ++stop_reasons[one.stop_reason];
      add_quantile("p5", one.p5);
      add_quantile("p95", one.p95);
      add_quantile("p99", one.p99);
    }
    void add_quantile(const char* quantile, std::optional<double> of_median) {
      if (!of_median) return;
      auto& [sum, number] = quantiles[quantile];
      sum += *of_median;
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

  /// Series of one kind; those of another come after them all, whatever document they are of.
  struct Part {
    Findings findings;
    std::vector<SeriesFigures> series;
  };
  /// A fleet's devices have many series, which are added up where they come first.
  struct Notes {
    Tally tally;
    Findings of_devices;
    Part at_once, between_ranks, copies;
  };

  static void look(const Evidence& some, const CaseFilter& filter, Limits limits, Notes& notes) {
    const auto keep_in = [](Part& part) {
      return [&part](const SeriesFigures& one) { part.series.push_back(one); };
    };
    look_at_groups(some, filter, "device", limits, notes.of_devices,
                   [&](const SeriesFigures& one) { notes.tally.add(one); });
    look_at_groups(some, filter, "node", limits, notes.at_once.findings, keep_in(notes.at_once));
    // Of a pair's few exchanges the fastest counts, which says nothing about their spread.
    for (const FabricGroup& group : fabric_groups(some, filter)) {
      if (group.reach == Reach::rank_pairs) continue;
      limits.take(group.sampling);
      for (const Measurement* member : group.members)
        check_members(
            {member}, limits, [&] { return subject_of(member->scope); },
            keep_in(notes.between_ranks), notes.between_ranks.findings);
    }
    for (const DeviceCopies& copies : device_copies(some)) {
      if (!filter.takes(copies)) continue;
      limits.take(copies.sampling);
      check_members(
          copies.members, limits, [&] { return subject_of(copies); }, keep_in(notes.copies),
          notes.copies.findings);
    }
  }

  static void look_at_groups(const Evidence& some, CaseFilter filter, const char* scope,
                             Limits limits, Findings& findings, const auto& add) {
    filter.scope = scope;
    for (const DeviceGroup& group : device_groups(some, filter)) {
      limits.take(group.asked->sampling);
      const auto subject = [&] { return subject_of(group.device); };
      if (check_members(group.members, limits, subject, add, findings)) continue;
      const Absence absence = why_none(group, filter);
      findings.not_evaluated(absence.reason_code, absence.text, subject());
    }
  }

  static RequirementVerdict conclude(Notes& notes, const Limits& limits) {
    Findings findings;
    findings.set_figure("max_relative_interval", limits.max_relative_interval);
    findings.set_figure("max_discarded", limits.max_discarded);
    findings.set_figure("min_samples", limits.min_samples);
    findings.add(std::move(notes.of_devices));
    for (Part* part : {&notes.at_once, &notes.between_ranks, &notes.copies}) {
      for (const SeriesFigures& one : part->series) notes.tally.add(one);
      findings.add(std::move(part->findings));
    }
    notes.tally.set_figures(findings);
    return findings.verdict(fmt::format("widest interval of a median {} of it, limit {}",
                                        percent(notes.tally.widest),
                                        percent(limits.max_relative_interval)));
  }

  /// False where there is nothing that could be stable. `subject` and `add` are called.
  static bool check_members(const std::vector<const Measurement*>& members, const Limits& limits,
                            const auto& subject, const auto& add, Findings& findings) {
    bool any = false;
    for (const Measurement* member : members) {
      if (member->status == MeasurementStatus::not_applicable) continue;
      any = true;
      if (member->samples && member->samples->median_s > 0) add(SeriesFigures(*member->samples));
      if (is_stable(*member, limits))
        findings.pass();
      else
        check(*member, limits, subject(), findings);
    }
    return any;
  }

  /// What `check` finds nothing in, without the texts of a finding.
  static bool is_stable(const Measurement& measurement, const Limits& limits) {
    if (measurement.status == MeasurementStatus::failed_verification ||
        measurement.status == MeasurementStatus::error || !measurement.samples)
      return false;
    const Samples& samples = *measurement.samples;
    return samples.median_s > 0 && !samples.discard_reasons.contains("gate_timeout") &&
           !(discarded_fraction(measurement) > limits.max_discarded) &&
           samples.count >= limits.min_samples && samples.stop_reason != "interrupted" &&
           !lacks_passes(samples, limits.passes) && is_narrow(samples, limits);
  }

  static bool is_narrow(const Samples& samples, const Limits& limits) {
    const double width = relative_interval(samples);
    return width >= 0 && width <= limits.max_relative_interval;
  }

  static void check(const Measurement& measurement, const Limits& limits, const Subject& subject,
                    Findings& findings) {
    const std::string id = measurement.id.str();
    if (measurement.status == MeasurementStatus::failed_verification) {
      findings.not_evaluated("failed_verification",
                             id + " failed verification, so it was not timed", subject);
    } else if (measurement.status == MeasurementStatus::error) {
      findings.fail("error", fmt::format("{}: {}", id, measurement.reason), subject);
    } else if (!measurement.samples || !(measurement.samples->median_s > 0)) {
      findings.not_evaluated("missing", id + " has no samples", subject);
    } else {
      check_samples(measurement, limits, subject, findings);
    }
  }

  static void check_samples(const Measurement& measurement, const Limits& limits,
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
    } else if (lacks_passes(samples, limits.passes)) {
      findings.not_evaluated("too_few_samples",
                             fmt::format("{}: samples of {} of the run's {} passes", id,
                                         passes_of(samples), limits.passes),
                             subject);
    } else {
      findings.not_evaluated(
          "too_noisy",
          fmt::format("{}: the median's interval is {} of it, limit {} ({})", id,
                      percent(relative_interval(samples)),
                      percent_limit(limits.max_relative_interval, relative_interval(samples)),
                      samples.stop_reason),
          subject);
    }
  }
};

const RequirementEnrolment<StableSamples> stable_samples_enrolment;

}  // namespace

}  // namespace assay
