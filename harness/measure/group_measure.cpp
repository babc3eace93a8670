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
#include "harness/measure/sampler.h"
#include "harness/measure/telemetry_poller.h"
#include "harness/measure/threads.h"

namespace assay {

namespace {

/// A member with what has become of it so far.
struct Entry {
  Measurement measurement;
  std::unique_ptr<TimedCase> timed;
  std::size_t index = 0;  // among the group's members
  bool is_measurable = false;
  bool is_dropped = false;
};

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

void end_as(Entry& entry, MeasurementStatus status, std::string reason) {
  entry.measurement.status = status;
  entry.measurement.reason = reason.empty() ? "no reason was given" : std::move(reason);
  entry.is_measurable = false;
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

/// Nothing is timed before its answer was right.
void prepare_and_verify(const GroupMember& member, Entry& entry) {
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
    entry.is_measurable = true;
  } catch (const DeviceLost&) {
    throw;
  } catch (const std::exception& error) {
    end_as(entry, MeasurementStatus::error, error.what());
  }
}

Json clock_summary(std::vector<double> clocks_hz) {
  const auto [low, high] = std::minmax_element(clocks_hz.begin(), clocks_hz.end());
  return {{"low", *low}, {"median", median(clocks_hz)}, {"high", *high}};
}

void add_outcome(const SeriesOutcome& outcome, const CaseId& first, Device& device, Entry& entry) {
  if (!outcome.error.empty()) return end_as(entry, MeasurementStatus::error, outcome.error);
  if (!outcome.samples) {
    entry.is_dropped = true;
    return;
  }
  Measurement& measurement = entry.measurement;
  if (auto wrong = entry.timed->wrong_after_samples()) {
    if (measurement.verification) measurement.verification->status = Verification::Status::failed;
    return end_as(entry, MeasurementStatus::failed_verification, std::move(*wrong));
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
}

/// Samples the entries that passed, telemetry around and beside them.
void sample_entries(const Group& group, const GroupRunOptions& options, Instrument& instrument,
                    Timer& timer, const std::vector<Entry*>& entries, std::size_t first_number) {
  std::vector<TimedCase*> cases;
  for (Entry* entry : entries) cases.push_back(entry->timed.get());
  Telemetry& telemetry = instrument.telemetry();
  const Json before = telemetry.counters();
  std::optional<TelemetryPoller> poller;
  if (telemetry.is_polled()) poller.emplace(telemetry);

  DisturbanceLog* disturbances =
      poller ? &*poller : telemetry.contention(options.sampling.contention_limit);

  std::vector<SeriesOutcome> outcomes =
      sample_group({timer, cases, group.series, options.sampling, disturbances, options.stop,
                    [&](std::size_t index) {
                      if (options.on_case) options.on_case(first_number + entries[index]->index);
                    }});

  Json around = telemetry.since(before);
  if (poller) {
    poller->finish();
    around.update(poller->summary());
  }
  const CaseId first = entries.front()->measurement.id;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i]->measurement.telemetry = around;
    if (!outcomes[i].clocks_hz.empty()) instrument.record_clock(median(outcomes[i].clocks_hz));
    add_outcome(outcomes[i], first, *group.device, *entries[i]);
  }
}

/// One group, step by step: others may be prepared between its steps, or sampled beside it.
class GroupMeasurement {
 public:
  /// `first_number` is that of the group's first case.
  GroupMeasurement(const Group& group, const GroupRunOptions& options, std::size_t first_number)
      : group_(group),
        options_(options),
        first_number_(first_number),
        instrument_(group.instrument ? *group.instrument : group.device->instrument()) {}

  void prepare() {
    group_.device->make_current();
    entries_.reserve(group_.members.size());
    std::string no_series;
    timer_ = instrument_.make_timer(group_.series, no_series);
    for (const GroupMember& member : group_.members) {
      Entry& entry = entries_.emplace_back();
      entry.measurement = blank(group_, member);
      entry.index = entries_.size() - 1;
      entry.is_dropped = stopped();
      if (entry.is_dropped) continue;
      if (options_.on_case) options_.on_case(first_number_ + entry.index);
      if (timer_) {
        prepare_and_verify(member, entry);
      } else {
        end_as(entry, MeasurementStatus::not_applicable,
               member.not_applicable.empty() ? no_series : member.not_applicable);
      }
    }
  }

  void sample() {
    std::vector<Entry*> measurable;
    for (Entry& entry : entries_) {
      if (entry.is_measurable) measurable.push_back(&entry);
    }
    if (stopped()) {
      for (Entry* entry : measurable) entry->is_dropped = true;
    } else if (!measurable.empty()) {
      group_.device->make_current();
      sample_entries(group_, options_, instrument_, *timer_, measurable, first_number_);
    }
  }

  void finish(std::vector<Measurement>& measurements) {
    for (Entry& entry : entries_) {
      if (!entry.is_dropped) measurements.push_back(std::move(entry.measurement));
    }
    entries_.clear();
  }

 private:
  bool stopped() const { return options_.stop && options_.stop->load(); }

  const Group& group_;
  const GroupRunOptions& options_;
  const std::size_t first_number_;
  Instrument& instrument_;
  std::unique_ptr<Timer> timer_;
  std::vector<Entry> entries_;  // freed before the timer that they were sampled with
};

/// All devices work until the same moment: none may end early and leave the others cooler.
std::vector<Measurement> measure_together(const std::vector<Group>& groups,
                                          GroupRunOptions options) {
  options.sampling.min_time_s = options.sampling.max_time_s;
  std::vector<GroupMeasurement> all;
  all.reserve(groups.size());
  std::size_t number = 0;
  for (const Group& group : groups) {
    all.emplace_back(group, options, number).prepare();
    number += group.members.size();
  }
  run_on_threads(static_cast<int>(all.size()), "devices measured at once",
                 [&](int index) { all[static_cast<std::size_t>(index)].sample(); });
  std::vector<Measurement> measurements;
  for (GroupMeasurement& one : all) one.finish(measurements);
  return measurements;
}

}  // namespace

std::vector<Measurement> measure_group(Group& group, const GroupRunOptions& run_options) {
  GroupRunOptions options = run_options;
  options.sampling = group.sampling.value_or(run_options.sampling);
  // What the last group freed: a heap that keeps it would count against a pod's limit.
  malloc_trim(0);
  if (!group.together.empty()) return measure_together(group.together, options);
  GroupMeasurement one(group, options, 0);
  one.prepare();
  one.sample();
  std::vector<Measurement> measurements;
  one.finish(measurements);
  return measurements;
}

std::vector<Measurement> planned(const Group& group) {
  std::vector<Measurement> measurements;
  for (const Group& one : group.together)
    for (const GroupMember& member : one.members) measurements.push_back(blank(one, member));
  for (const GroupMember& member : group.members) measurements.push_back(blank(group, member));
  return measurements;
}

bool follow_groups(std::vector<Group> groups, const GroupRunOptions& options) {
  const auto stopped = [&] { return options.stop && options.stop->load(); };
  for (Group& group : groups) {
    if (stopped()) break;
    const std::vector<Measurement> measurements = measure_group(group, options);
    if (!measurements.empty() && options.on_group) options.on_group(measurements);
  }
  return !stopped();
}

}  // namespace assay
