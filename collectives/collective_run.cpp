// Turns collectives into groups for the sampler, and its measurements into those of many ranks.
#include "collectives/collective_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "collectives/agree.h"
#include "collectives/carriers.h"
#include "collectives/collective_case.h"
#include "collectives/ranked_timer.h"
#include "collectives/variants.h"
#include "harness/core/curve.h"
#include "harness/core/statistics.h"
#include "harness/core/switch_gain.h"
#include "harness/core/workload.h"
#include "harness/measure/group_run.h"

namespace assay {

namespace {

constexpr double kLeastRate = 1000;  // bytes a second

using RecordByCase = std::map<std::string, std::shared_ptr<CollectiveRecord>>;

struct RunOfRanks {
  Communicator& communicator;
  Device& device;
  const CollectiveRunOptions& options;
  std::size_t free_bytes = 0;  // on the rank that has least
  RecordByCase records;
};

std::size_t least_free_bytes(Communicator& communicator, Device& device) {
  const auto free = static_cast<double>(device.free_memory_bytes());
  const std::vector<double> all = numbers_of_all(communicator, {free});
  return static_cast<std::size_t>(*std::min_element(all.begin(), all.end()));
}

std::string why_not_forced(const std::string& algorithm, Operation operation,
                           const RunOfRanks& run) {
  const std::string refusal = run.communicator.refuses_algorithm(algorithm, operation);
  if (!refusal.empty()) return refusal;
  const auto forced = run.options.forced.find(algorithm);
  if (forced == run.options.forced.end()) return "no ranks were forced to " + algorithm;
  return forced->second.why_not;
}

std::string why_not_in_place(const CollectiveGroup& group, Dtype element, const RunOfRanks& run) {
  const CollectiveProblem problem(group.bytes, element, 0, run.communicator.size());
  std::string refusal = group.collective->refuses_in_place(problem);
  if (refusal.empty()) refusal = run.communicator.refuses_in_place(group.collective->operation());
  return refusal.empty() ? "" : "it cannot be done in place: " + refusal;
}

std::string why_not_this_variant(const CollectiveGroup& group, const Variant& variant,
                                 Dtype element, const RunOfRanks& run) {
  if (variant.in_place) return why_not_in_place(group, element, run);
  if (variant.registered) return run.communicator.refuses_registered();
  if (variant.algorithm.empty()) return "";
  return why_not_forced(variant.algorithm, group.collective->operation(), run);
}

/// The same answer on every rank: it rests on nothing that only one of them knows.
std::string why_not_here(const CollectiveGroup& group, const std::string& implementation,
                         const RunOfRanks& run, std::size_t sets) {
  const std::string name = run.communicator.name();
  const auto variant = variant_of(name, implementation);
  if (!variant)
    return fmt::format("the ranks are joined by {}, which has no implementation {}", name,
                       implementation);
  const auto element = moved_dtype(group.dtype);
  if (!element) return fmt::format("no collective moves {}", group.dtype);
  if (group.bytes < size_of(*element)) return "the size holds no element";
  std::string refusal = run.communicator.refuses(group.collective->operation(), *element);
  if (refusal.empty()) refusal = why_not_this_variant(group, *variant, *element, run);
  if (!refusal.empty()) return refusal;
  const int ranks = run.communicator.size();
  const int sharers = run.options.ranks_of_device;
  const double needed =
      sharers * static_cast<double>(sets) *
      static_cast<double>(operand_bytes(*group.collective, group.bytes, *element, ranks));
  // The other half is for what the library needs to move them.
  if (needed > static_cast<double>(run.free_bytes) / 2)
    return fmt::format(
        "needs {:.2f} GiB for {} of a device, more than half of the {:.2f} GiB that "
        "are free",
        needed / 0x1p30, sharers == 1 ? "the rank" : std::to_string(sharers) + " ranks",
        static_cast<double>(run.free_bytes) / 0x1p30);
  return "";
}

/// As many on every rank, which count in step: past the cache of each, and no more than the ranks
/// of one device can have at once.
std::size_t agreed_sets(const CollectiveGroup& group, const RunOfRanks& run) {
  const auto element = moved_dtype(group.dtype);
  if (group.series == Series::hot || !element) return 1;
  const std::size_t bytes =
      operand_bytes(*group.collective, group.bytes, *element, run.communicator.size());
  const std::size_t taken =
      std::max<std::size_t>(1, bytes) * static_cast<std::size_t>(run.options.ranks_of_device);
  const std::size_t wanted = std::min(rotation_sets(run.device, std::max<std::size_t>(1, bytes)),
                                      std::max<std::size_t>(1, run.free_bytes / 2 / taken));
  const std::vector<double> all = numbers_of_all(run.communicator, {static_cast<double>(wanted)});
  return static_cast<std::size_t>(*std::min_element(all.begin(), all.end()));
}

/// Who moves the data of a variant.
Communicator& mover(const Variant& variant, const RunOfRanks& run) {
  return variant.algorithm.empty() ? run.communicator
                                   : *run.options.forced.at(variant.algorithm).communicator;
}

Group sampler_group(const CollectiveGroup& asked, RunOfRanks& run, RankedInstrument& instrument) {
  const int ranks = run.communicator.size();
  Group group;
  group.device = &run.device;
  group.instrument = &instrument;
  group.scope = Scope{run.options.level, run.options.members};
  group.name = asked.id("", ranks).group() + in_scope(group.scope);
  group.series = asked.series;
  group.sampling = asked.sampling;
  group.input_pattern = "small_integers";
  group.input_seed = run.options.seed;
  const std::size_t sets = agreed_sets(asked, run);
  for (const std::string& implementation : asked.implementations) {
    const CaseId id = asked.id(implementation, ranks);
    const auto record = std::make_shared<CollectiveRecord>();
    run.records[id.str() + name(asked.series)] = record;
    group.members.push_back({id, why_not_here(asked, implementation, run, sets),
                             [asked, implementation, sets, record, &run] {
                               const Variant variant =
                                   *variant_of(run.communicator.name(), implementation);
                               CollectiveCaseSetup setup{.communicator = &mover(variant, run),
                                                         .words = &run.communicator,
                                                         .collective = asked.collective,
                                                         .device = &run.device,
                                                         .element = *moved_dtype(asked.dtype),
                                                         .bytes = asked.bytes,
                                                         .in_place = variant.in_place,
                                                         .registered = variant.registered,
                                                         .operand_sets = sets,
                                                         .seed = run.options.seed,
                                                         .record = record,
                                                         .algorithm = variant.algorithm};
                               std::unique_ptr<TimedCase> timed;
                               together(run.communicator, [&] {
                                 timed = std::make_unique<CollectiveCase>(std::move(setup));
                               });
                               return timed;
                             }});
  }
  return group;
}

void add_rank_figures(Measurement& measurement) {
  if (measurement.ranks.empty()) return;
  std::vector<double> medians;
  for (const RankSamples& rank : measurement.ranks) medians.push_back(rank.median_s);
  const auto [fastest, slowest] = std::minmax_element(medians.begin(), medians.end());
  measurement.metrics["rank_spread"] = (*slowest - *fastest) / median(medians);
  if (measurement.samples->p99_s)
    measurement.metrics["p99_over_median"] =
        *measurement.samples->p99_s / measurement.samples->median_s;
}

/// A rate far beyond its bound took another way than the one that the bound is of: ranks that share
/// a host do not use its NIC.
void add_speed_of_light(double rate, const ScopeLight& light, std::int64_t ranks,
                        Measurement& measurement) {
  constexpr double kAnotherWay = 2;
  const double gain = light.has_adding_switches ? switch_gain(measurement.id.workload, ranks) : 1;
  const double bound = light.bytes_per_s * gain;
  if (rate > kAnotherWay * bound) return;
  measurement.speed_of_light_fraction = rate / bound;
  measurement.extensions["speed_of_light_bound"] =
      gain > 1 ? std::string(kAddingSwitches) : light.limited_by;
}

const CollectiveRecord& record_of(const Measurement& measurement, const RunOfRanks& run) {
  return *run.records.at(measurement.id.str() + name(measurement.series));
}

/// A refused algorithm makes the case not applicable; any other error of it remains an error.
void excuse_forced(Measurement& measurement, const RunOfRanks& run) {
  if (measurement.status != MeasurementStatus::error || !record_of(measurement, run).is_refused)
    return;
  measurement.status = MeasurementStatus::not_applicable;
  measurement.reason =
      fmt::format("{} could not be forced: {}",
                  variant_of(run.communicator.name(), measurement.id.implementation)->algorithm,
                  measurement.reason);
}

void complete(Measurement& measurement, RunOfRanks& run) {
  if (measurement.status != MeasurementStatus::measured) return;
  add_rank_figures(measurement);
  const double rate =
      static_cast<double>(measurement.id.shape.at("bytes")) / measurement.samples->median_s;
  // A few bytes over a slow network measure latency: the schema knows no rate that small.
  if (rate >= kLeastRate) {
    measurement.metrics["bytes_per_s"] = rate;
    if (const int ranks = run.communicator.size(); ranks > 1) {
      const double bus = rate * bus_factor_of(measurement.id.workload, ranks).value();
      measurement.metrics["bus_bandwidth_bytes_per_s"] = bus;
      if (run.options.light) add_speed_of_light(bus, *run.options.light, ranks, measurement);
    }
  }
  measurement.transport = transport_of(record_of(measurement, run).carriers, run.options.members);
}

}  // namespace

CaseId CollectiveGroup::id(const std::string& implementation, int ranks) const {
  return {collective->workload(), dtype, implementation,
          Shape{{"bytes", static_cast<std::int64_t>(bytes)}, {"ranks", ranks}}};
}

bool run_collectives(Communicator& communicator, Device& device,
                     const std::vector<CollectiveGroup>& groups,
                     const CollectiveRunOptions& options) {
  std::atomic<bool> agreed_stop{false};
  RankedInstrument ranked(device, communicator, options.stop, agreed_stop);
  RunOfRanks run{communicator, device, options, least_free_bytes(communicator, device), {}};
  std::vector<Group> planned;
  for (const CollectiveGroup& group : groups) planned.push_back(sampler_group(group, run, ranked));
  GroupRunOptions run_options;
  run_options.sampling = options.sampling;
  run_options.stop = &agreed_stop;
  run_options.on_progress = options.on_progress;
  run_options.on_group = [&](std::vector<Measurement> measurements) {
    if (communicator.is_broken()) {
      const auto broken = std::find_if(measurements.begin(), measurements.end(), [](const auto& m) {
        return m.status == MeasurementStatus::error;
      });
      throw LostPeer(broken == measurements.end() ? "the connections were ended" : broken->reason);
    }
    for (Measurement& measurement : measurements) {
      excuse_forced(measurement, run);
      complete(measurement, run);
    }
    if (options.on_group) options.on_group(measurements);
  };
  return options.is_first_of_process ? run_groups(std::move(planned), run_options)
                                     : follow_groups(std::move(planned), run_options);
}

}  // namespace assay
