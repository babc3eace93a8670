// Prepares, verifies, samples and summarises the members of one group.
#include "harness/measure/group_measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/measure/instrument.h"
#include "harness/measure/metrics.h"
#include "harness/measure/sampler.h"
#include "harness/measure/telemetry_poller.h"

namespace assay {

namespace {

/// A member with what has become of it so far.
struct Entry {
  Measurement measurement;
  std::unique_ptr<TimedCase> timed;
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
  add_metrics(entry.timed->work(), device.facts().speed_of_light, measurement);

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
                    Timer& timer, const std::vector<Entry*>& entries) {
  std::vector<TimedCase*> cases;
  for (Entry* entry : entries) cases.push_back(entry->timed.get());
  Telemetry& telemetry = instrument.telemetry();
  const Json before = telemetry.counters();
  std::optional<TelemetryPoller> poller;
  if (telemetry.is_polled()) poller.emplace(telemetry);

  std::vector<SeriesOutcome> outcomes = sample_group(
      {timer, cases, group.series, options.sampling, poller ? &*poller : nullptr, options.stop});

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

std::vector<Measurement> finished(std::vector<Entry> entries) {
  std::vector<Measurement> measurements;
  for (Entry& entry : entries) {
    if (!entry.is_dropped) measurements.push_back(std::move(entry.measurement));
  }
  return measurements;
}

}  // namespace

std::vector<Measurement> measure_group(Group& group, const GroupRunOptions& options) {
  auto* instrument = dynamic_cast<Instrument*>(group.device);
  if (!instrument) throw Error("group " + group.name + " has no device that can be measured");
  const auto stopped = [&] { return options.stop && options.stop->load(); };
  instrument->make_current();

  std::vector<Entry> entries;
  entries.reserve(group.members.size());
  std::string no_series;
  const std::unique_ptr<Timer> timer = instrument->make_timer(group.series, no_series);
  std::vector<Entry*> measurable;
  for (const GroupMember& member : group.members) {
    Entry& entry = entries.emplace_back();
    entry.measurement = blank(group, member);
    entry.is_dropped = stopped();
    if (entry.is_dropped) continue;
    if (timer) {
      prepare_and_verify(member, entry);
    } else {
      end_as(entry, MeasurementStatus::not_applicable,
             member.not_applicable.empty() ? no_series : member.not_applicable);
    }
    if (entry.is_measurable) measurable.push_back(&entry);
  }
  if (stopped()) {
    for (Entry* entry : measurable) entry->is_dropped = true;
  } else if (!measurable.empty()) {
    sample_entries(group, options, *instrument, *timer, measurable);
  }
  return finished(std::move(entries));
}

}  // namespace assay
