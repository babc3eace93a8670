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

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read_with_scope(parameters);
    const RateLimit limit = RateLimit::read(parameters, std::nullopt);
    parameters.done();

    Notes notes;
    set_figures(limit, notes.findings);
    return inquiry(
        std::move(notes),
        [=](const Evidence& some, Notes& to) {
          for (const DeviceGroup& group : device_groups(some, filter))
            judge_group(group, filter, limit, to.findings, to.lowest);
        },
        [=](const Notes& of) {
          return of.findings.verdict(
              fmt::format("lowest: {}; floor {}", of.lowest.text, percent(limit.fail_below)));
        });
  }

 private:
  struct Lowest {
    double fraction = HUGE_VAL;
    std::string text;
  };
  struct Notes {
    Findings findings;
    Lowest lowest;
  };

  static void judge_group(const DeviceGroup& group, const CaseFilter& filter,
                          const RateLimit& limit, Findings& findings, Lowest& lowest) {
    const Measurement* best = best_of(group, filter);
    if (best == nullptr) {
      const Absence absence = why_none(group, filter);
      findings.not_evaluated(absence.reason_code, absence.text, subject_of(group.device));
      return;
    }
    const double reached = best->speed_of_light_fraction.value_or(0);
    if (!std::isfinite(reached) || reached <= 0) {
      findings.not_evaluated("missing",
                             best->id.str() + ": the speed of light of this device is unknown",
                             subject_of(group.device));
      return;
    }
    const Rate rate = *rate_of(*best);
    const RateFraction fraction = with_interval(reached, *best);
    findings.figure("cases", [&] {
      Json entry = device_figures(group.device);
      entry["case"] = best->id.str();
      entry["series"] = name(best->series);
      entry[rate.metric] = rate.value;
      entry["speed_of_light_fraction"] = fraction.at_median;
      add_interval(fraction, *best, entry);
      return entry;
    });
    const bool is_lowest = reached < lowest.fraction;
    if (!is_lowest && against(fraction, limit) == Verdict::pass) return findings.pass();
    const std::string text = fmt::format("{}{} {} = {} of speed of light", best->id.str(),
                                         group.is_at_once() ? " on all devices at once" : "",
                                         in_words(rate), percent(reached));
    if (!report_below(text, fraction, limit, subject_of(group.device), findings)) findings.pass();
    if (is_lowest) lowest = {reached, text};
  }
};

const RequirementEnrolment<ThroughputVsSpeedOfLight> throughput_vs_speed_of_light_enrolment;

}  // namespace

}  // namespace assay
