// Requirement: no device of any node is a straggler among all of its model in the run. Ranks that
// train together wait for the slowest, so that one device sets the pace of the whole.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/conformance/cases.h"
#include "harness/conformance/findings.h"
#include "harness/conformance/quantity.h"
#include "harness/conformance/rate_limit.h"
#include "harness/core/error.h"
#include "harness/core/statistics.h"

namespace assay {

namespace {

struct Runner {
  DeviceRef device;
  std::string case_id;
  double rate;
  MedianTime time;
};

/// Devices whose rates can be compared: one model, one case, one series.
struct Race {
  std::string model, case_id, series;
  auto operator<=>(const Race&) const = default;
};

using Races = std::map<Race, std::vector<Runner>>;

class StragglerSpread final : public Requirement {
 public:
  std::string kind() const override { return "straggler_spread"; }
  Axis axis() const override { return Axis::performance; }

  std::unique_ptr<Inquiry> inquire(const Profile&, const ProfileRequirement& asked) const override {
    Parameters parameters(asked);
    const CaseFilter filter = CaseFilter::read(parameters);
    const double fail_from = parameters.fraction("fail_from", 0.10);
    const double warn_from = parameters.fraction("warn_from", std::min(0.05, fail_from));
    parameters.done();
    if (warn_from > fail_from)
      throw Error(fmt::format("profile requirement '{}': warn_from is above fail_from", asked.id));
    Notes notes;
    notes.findings.set_figure("fail_from", fail_from);
    notes.findings.set_figure("warn_from", warn_from);
    return inquiry(
        std::move(notes), [=](const Evidence& some, Notes& to) { note_races(some, filter, to); },
        [=](Notes& of) { return conclude(of, fail_from, warn_from); });
  }

 private:
  struct Notes {
    Findings findings;
    Races races;
  };

  static RequirementVerdict conclude(Notes& notes, double fail_from, double warn_from) {
    Findings& findings = notes.findings;
    double pace = 1;
    for (const auto& [race, runners] : notes.races) {
      if (runners.size() < 2) {
        findings.not_evaluated(
            "missing",
            fmt::format("{} ran on one {} only: nothing to compare", race.case_id, race.model),
            subject_of(runners.front().device));
        continue;
      }
      pace = std::min(pace, judge_race(race, runners, {1 - fail_from, 1 - warn_from}, findings));
    }
    findings.set_figure("pace", pace);
    return findings.verdict(fmt::format("the slowest device runs at {} of the median, limit {}",
                                        percent(pace), percent(1 - fail_from)));
  }

  Advice advice(const RequirementVerdict& verdict) const override {
    if (verdict.reason_code != "straggler") return usual_advice(verdict);
    if (verdict.verdict == Verdict::warn)
      return {Action::rerun,
              "measure again before anybody acts: one run does not settle a warning"};
    return {Action::drain, "all ranks wait for it: run without it, and measure it alone"};
  }

 private:
  static void note_races(const Evidence& some, const CaseFilter& filter, Notes& notes) {
    for (const DeviceGroup& group : device_groups(some, filter)) {
      const Measurement* best = best_of(group, filter);
      if (best == nullptr) {
        const Absence absence = why_none(group, filter);
        notes.findings.not_evaluated(absence.reason_code, absence.text, subject_of(group.device));
        continue;
      }
      notes
          .races[{group.device.device->name, group.asked->id("").group(),
                  name(group.asked->series)}]
          .push_back({group.device, best->id.str(), rate_of(*best)->value, median_time_of(*best)});
    }
  }

  /// Returns the slowest device's rate as a fraction of the median of all.
  static double judge_race(const Race& race, const std::vector<Runner>& runners,
                           const RateLimit& limit, Findings& findings) {
    std::vector<double> rates;
    for (const Runner& runner : runners) rates.push_back(runner.rate);
    const double middle = median(rates);
    double slowest = 1;
    for (const Runner& runner : runners) {
      const RateFraction fraction = with_interval(runner.rate / middle, runner.time);
      slowest = std::min(slowest, fraction.at_median);
      const Verdict verdict = against(fraction, limit);
      if (verdict == Verdict::pass) {
        findings.pass();
        continue;
      }
      Json entry = device_figures(runner.device);
      entry["case"] = race.case_id;
      entry["of_median"] = fraction.at_median;
      findings.figure("stragglers", std::move(entry));
      const std::string text = fmt::format("{} {} of the median of {} devices", runner.case_id,
                                           percent(fraction.at_median), runners.size());
      if (verdict == Verdict::fail)
        findings.fail("straggler", text, subject_of(runner.device));
      else if (verdict == Verdict::not_evaluated)
        findings.not_evaluated("too_noisy", text + ", and the limit lies in its interval",
                               subject_of(runner.device));
      else
        findings.warn("straggler", text, subject_of(runner.device));
    }
    return slowest;
  }
};

const RequirementEnrolment<StragglerSpread> straggler_spread_enrolment;

}  // namespace

}  // namespace assay
