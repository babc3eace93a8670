// Prepares, verifies, samples and summarises the members of one group.
#include "harness/measure/group_measure.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <exception>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/measure/device_lost.h"
#include "harness/measure/instrument.h"
#include "harness/measure/metrics.h"
#include "harness/measure/refused.h"
#include "harness/measure/sampler.h"
#include "harness/measure/series_telemetry.h"
#include "harness/measure/threads.h"

namespace assay {

/// A member with what has become of it so far.
struct MemberSoFar {
  Measurement measurement;
  SeriesSoFar so_far;
  std::unique_ptr<TimedCase> timed;  // during a pass
  std::size_t index = 0;             // among the group's members
  bool is_shown = false;             // there is something to say of it
  bool is_over = false;              // no pass will change what there is to say
};

namespace {

Measurement blank(const Group& group, const GroupMember& member) {
  Measurement measurement;
  measurement.id = member.id;
  measurement.group = group.name;
  measurement.series = group.series;
  measurement.scope = group.scope;
  measurement.input_pattern = group.input_pattern;
  measurement.input_seed = group.input_seed;
  measurement.started = utc_now();
  return measurement;
}

Measurement failed(Measurement measurement, MeasurementStatus status, std::string reason) {
  measurement.status = status;
  measurement.reason = reason.empty() ? "no reason was given" : std::move(reason);
  measurement.samples.reset();
  measurement.ranks.clear();
  measurement.metrics.clear();
  measurement.speed_of_light_fraction.reset();
  measurement.extensions = Json::object();
  return measurement;
}

void end_as(MemberSoFar& entry, MeasurementStatus status, std::string reason) {
  entry.measurement = failed(std::move(entry.measurement), status, std::move(reason));
  entry.is_shown = entry.is_over = true;
  entry.timed.reset();  // its memory is the others' to use
}

std::string failure_text(const Verification& verification) {
  if (!verification.detail.empty()) return verification.detail;
  if (verification.error && verification.tolerance) {
    return fmt::format("error {:.3g} is above the tolerance {:.3g}", *verification.error,
                       *verification.tolerance);
  }
  return "the output is wrong";
}

/// Nothing is timed before its answer was right. `asked`: whether it is gone, behind a failure.
void prepare_and_verify(const GroupMember& member, Device* asked, bool verify_only,
                        MemberSoFar& entry) {
  if (!member.not_applicable.empty()) {
    return end_as(entry, MeasurementStatus::not_applicable, member.not_applicable);
  }
  try {
    entry.timed = member.prepare();
    const Verification verification = entry.timed->verify();
    entry.measurement.verification = verification;
    if (!verification.ok()) {
      return end_as(entry, MeasurementStatus::failed_verification, failure_text(verification));
    }
    if (verify_only) {
      end_as(entry, MeasurementStatus::not_applicable, "verified; --verify-only times nothing");
    }
  } catch (const DeviceLost&) {
    throw;
  } catch (const Refused& refused) {
    if (asked) throw_if_lost(*asked, refused.what());
    end_as(entry, MeasurementStatus::not_applicable, refused.what());
  } catch (const std::exception& error) {
    if (asked) throw_if_lost(*asked, error.what());
    end_as(entry, MeasurementStatus::error, error.what());
  }
}

Json clock_summary(std::vector<double> clocks_hz) {
  const auto [low, high] = std::minmax_element(clocks_hz.begin(), clocks_hz.end());
  return {{"low", *low}, {"median", median(clocks_hz)}, {"high", *high}};
}

/// The member's measurement with what its series has come to; none: it ended before there was
/// anything to say.
std::optional<Measurement> with_outcome(const SeriesOutcome& outcome, const CaseId& first,
                                        const Device& device, const MemberSoFar& entry) {
  if (!outcome.error.empty())
    return failed(entry.measurement, MeasurementStatus::error, outcome.error);
  if (!outcome.samples) return std::nullopt;
  Measurement measurement = entry.measurement;
  if (auto wrong = entry.timed->wrong_after_samples()) {
    if (measurement.verification) measurement.verification->status = Verification::Status::failed;
    return failed(std::move(measurement), MeasurementStatus::failed_verification,
                  std::move(*wrong));
  }
  measurement.status = MeasurementStatus::measured;
  measurement.samples = outcome.samples;
  measurement.ranks = outcome.ranks;
  add_metrics(entry.timed->work(), device.facts().speed_of_light, measurement);
  if (outcome.endurance) add_endurance(entry.timed->work(), *outcome.endurance, measurement);

  Json& telemetry = measurement.telemetry;
  telemetry["iterations_per_sample"] = outcome.iterations_per_sample;
  telemetry["operand_sets"] = entry.timed->operand_sets();
  if (!outcome.clocks_hz.empty()) telemetry["sample_clock_hz"] = clock_summary(outcome.clocks_hz);
  if (outcome.discarded_fraction > 0) {
    telemetry["discarded_fraction"] = outcome.discarded_fraction;
  }
  if (outcome.ratio) {
    measurement.extensions["ratio"] = {{"to", first.str()},
                                       {"value", outcome.ratio->value},
                                       {"ci_low", outcome.ratio->interval.low},
                                       {"ci_high", outcome.ratio->interval.high},
                                       {"ci_level", outcome.ratio->interval.level},
                                       {"pairs", outcome.ratio->pairs}};
  }
  if (Json choice = entry.timed->choice(); !choice.empty()) {
    measurement.extensions["choice"] = std::move(choice);
  }
  return measurement;
}

SamplingRule rule_of(const Group& group, const GroupRunOptions& options) {
  SamplingRule rule = group.sampling.value_or(options.sampling);
  // All devices work until the same moment: none may end early and leave the others cooler.
  if (!group.together.empty()) rule.min_time_s = rule.max_time_s;
  return rule;
}

}  // namespace

/// One group, step by step: others may be prepared between its steps, or sampled beside it.
class OneGroup {
 public:
  /// `first_number` is that of the group's first case.
  OneGroup(const Group& group, const GroupRunOptions& options, const SamplingRule& sampling,
           std::size_t first_number)
      : group_(group),
        options_(options),
        sampling_(sampling),
        first_number_(first_number),
        instrument_(group.instrument ? *group.instrument : group.device->instrument()),
        asked_(group.instrument ? nullptr : group.device),
        telemetry_(instrument_.telemetry(), sampling.contention_limit),
        entries_(group.members.size()) {
    for (std::size_t i = 0; i < entries_.size(); ++i) entries_[i].index = i;
  }

  void prepare() {
    group_.device->make_current();
    std::string no_series;
    if (!options_.verify_only) timer_ = instrument_.make_timer(group_.series, no_series);
    for (MemberSoFar& entry : entries_) {
      if (entry.is_over || stopped()) continue;
      const GroupMember& member = group_.members[entry.index];
      if (!entry.is_shown) entry.measurement = blank(group_, member);
      if (options_.on_case) options_.on_case(first_number_ + entry.index);
      if (timer_ || options_.verify_only) {
        prepare_and_verify(member, asked_, options_.verify_only, entry);
      } else {
        end_as(entry, MeasurementStatus::not_applicable,
               member.not_applicable.empty() ? no_series : member.not_applicable);
      }
      if (entry.is_over && options_.on_member && entries_.size() > 1)
        options_.on_member(entry.measurement);
    }
  }

  void sample() {
    std::vector<MemberSoFar*> measurable;
    for (MemberSoFar& entry : entries_)
      if (entry.timed) measurable.push_back(&entry);
    if (stopped() || measurable.empty()) return;
    group_.device->make_current();
    sample(measurable);
  }

  /// Frees what the pass has prepared, and adds what there is to say.
  void finish(std::vector<Measurement>& measurements) {
    for (MemberSoFar& entry : entries_) {
      entry.timed.reset();
      if (entry.is_shown) measurements.push_back(entry.measurement);
    }
    timer_.reset();
  }

 private:
  bool stopped() const { return options_.stop && options_.stop->load(); }

  /// Telemetry around and beside the samples.
  void sample(const std::vector<MemberSoFar*>& entries) {
    std::vector<TimedCase*> cases;
    std::vector<SeriesSoFar*> so_far;
    for (MemberSoFar* entry : entries) {
      cases.push_back(entry->timed.get());
      so_far.push_back(&entry->so_far);
    }
    const CaseId first = entries.front()->measurement.id;
    telemetry_.begin_pass();
    SamplerInput input{*timer_,      cases, group_.series, sampling_, telemetry_.disturbances(),
                       options_.stop};
    input.so_far = so_far;
    input.device = asked_;
    input.on_sample = [&](std::size_t index) {
      if (options_.on_case) options_.on_case(first_number_ + entries[index]->index);
    };
    if (options_.on_member)
      input.on_end = [&](std::size_t index, const SeriesOutcome& outcome) {
        if (const auto known = with_outcome(outcome, first, *group_.device, *entries[index]))
          options_.on_member(*known);
      };
    const std::vector<SeriesOutcome> outcomes = sample_group(input);
    telemetry_.end_pass();
    const Json telemetry = telemetry_.summary();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      entries[i]->measurement.telemetry = telemetry;
      if (!outcomes[i].clocks_hz.empty()) instrument_.record_clock(median(outcomes[i].clocks_hz));
      keep(with_outcome(outcomes[i], first, *group_.device, *entries[i]), *entries[i]);
    }
  }

  static void keep(std::optional<Measurement> known, MemberSoFar& entry) {
    if (!known) return;
    entry.measurement = std::move(*known);
    entry.is_shown = true;
    entry.is_over = entry.measurement.status != MeasurementStatus::measured;
    if (entry.is_over) entry.timed.reset();  // its memory is the others' to use
  }

  const Group& group_;
  const GroupRunOptions& options_;
  const SamplingRule& sampling_;
  const std::size_t first_number_;
  Instrument& instrument_;
  /// None where other ranks take part: what is queued may wait for one that has failed, and no
  /// deadline ends that wait.
  Device* const asked_;
  SeriesTelemetry telemetry_;
  std::unique_ptr<Timer> timer_;
  std::vector<MemberSoFar>
      entries_;  // their cases are freed before the timer that they were sampled with
};

GroupMeasurement::GroupMeasurement(const Group& group, const GroupRunOptions& options)
    : sampling_(rule_of(group, options)), at_once_(options) {
  at_once_.on_member = nullptr;
  std::size_t number = 0;
  for (const Group& one : group.together) {
    groups_.push_back(std::make_unique<OneGroup>(one, at_once_, sampling_, number));
    number += one.members.size();
  }
  if (group.together.empty())
    groups_.push_back(std::make_unique<OneGroup>(group, options, sampling_, number));
}

GroupMeasurement::~GroupMeasurement() = default;

std::vector<Measurement> GroupMeasurement::visit() {
  // What the last group freed: a heap that keeps it would count against a pod's limit.
  malloc_trim(0);
  for (const auto& group : groups_) group->prepare();
  if (groups_.size() == 1) {
    groups_.front()->sample();
  } else {
    run_on_threads(static_cast<int>(groups_.size()), "devices measured at once",
                   [&](int index) { groups_[static_cast<std::size_t>(index)]->sample(); });
  }
  std::vector<Measurement> measurements;
  for (const auto& group : groups_) group->finish(measurements);
  return measurements;
}

std::vector<Measurement> planned(const Group& group) {
  std::vector<Measurement> measurements;
  for (const Group& one : group.together)
    for (const GroupMember& member : one.members) measurements.push_back(blank(one, member));
  for (const GroupMember& member : group.members) measurements.push_back(blank(group, member));
  return measurements;
}

}  // namespace assay
