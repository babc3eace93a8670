// Names, places, times and counts of a document; its series and rates have files of their own.
#include "harness/core/consistency.h"

#include <set>

#include "harness/core/consistency_part.h"

namespace assay {

namespace consistency {

namespace {

/// Whole seconds compare as text; a fraction of any length may follow.
std::string second_of(const std::string& time) { return time.substr(0, 19); }

void check_time(const Result& result, const Measurement& measurement, const Part& part) {
  if (result.fabric && result.nodes.empty()) return;  // of nodes with clocks of their own
  const std::string at = second_of(measurement.started);
  const RunFacts& run = result.run;
  part.require(at >= second_of(run.started), "started", measurement.started,
               "the run began at " + run.started);
  part.require(run.finished.empty() || at <= second_of(run.finished), "started",
               measurement.started, "the run ended at " + run.finished);
}

/// What a workload is fed is the same wherever it is measured.
void check_inputs(const Result& result, const Measurement& measurement,
                  std::map<std::string, std::string>& patterns, const Part& part) {
  part.require(measurement.input_seed == result.run.seed, "inputs/seed",
               std::to_string(measurement.input_seed),
               fmt::format("the run's seed is {}", result.run.seed));
  const std::string& pattern =
      patterns.try_emplace(measurement.id.workload, measurement.input_pattern).first->second;
  part.equal("inputs/pattern", measurement.input_pattern, pattern,
             "another measurement of this workload");
}

void check_scope(const Measurement& measurement, const Part& part) {
  const Scope& scope = measurement.scope;
  part.require(scope.level != "device" || scope.members.size() == 1, "scope/level", scope.level,
               fmt::format("it has {} members", scope.members.size()));
  std::set<std::string> seen;
  for (std::size_t i = 0; i < scope.members.size(); ++i)
    part.require(seen.insert(scope.members[i]).second, fmt::format("scope/members/{}", i),
                 in_quotes(scope.members[i]), "another member is the same");
}

void check_group(const Measurement& measurement, const Part& part) {
  const std::string group = measurement.id.group();
  part.require(measurement.group == group || measurement.group.starts_with(group + " "), "group",
               in_quotes(measurement.group), "the case is of " + in_quotes(group));
}

void check_verification(const Measurement& measurement, const Part& part) {
  const Verification& verification = *measurement.verification;
  const double error = verification.error.value_or(0);
  if (verification.status == Verification::Status::exact)
    part.require(error == 0, "verification/error", fmt::format("{:.7g}", error),
                 "an exact answer has none");
  if (verification.status == Verification::Status::within_tolerance)
    part.require(verification.error && verification.tolerance && error <= *verification.tolerance,
                 "verification/error", verification.error ? fmt::format("{:.7g}", error) : "absent",
                 verification.tolerance
                     ? fmt::format("the tolerance is {:.7g}", *verification.tolerance)
                     : "there is no tolerance that it could be within");
}

void check_ranks(const Measurement& measurement, const Part& part) {
  const std::vector<RankSamples>& ranks = measurement.ranks;
  const Shape& shape = measurement.id.shape;
  if (!ranks.empty() && shape.has("ranks"))
    part.require(static_cast<std::int64_t>(ranks.size()) == shape.at("ranks"), "ranks",
                 fmt::format("a list of {}", ranks.size()),
                 fmt::format("the case is of {} ranks", shape.at("ranks")));
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const Part rank = part.at(fmt::format("ranks/{}", i));
    rank.equal("rank", ranks[i].rank, static_cast<double>(i), "its place");
    // A sample is the slowest rank's time.
    rank.require(ranks[i].median_s <= measurement.samples->median_s * (1 + kRounding), "median_s",
                 fmt::format("{:.7g}", ranks[i].median_s),
                 fmt::format("the slowest of all ranks has a median of {:.7g}",
                             measurement.samples->median_s));
  }
}

void check_links(const Result& result) {
  for (std::size_t i = 0; i < result.links.size(); ++i) {
    const Link& link = result.links[i];
    const Part part(fmt::format("/links/{}", i));
    const Measurement& measurement = result.measurements.at(link.measurement);
    const std::vector<std::string>& members = measurement.scope.members;
    part.require(members == std::vector{link.a, link.b}, "measurement",
                 std::to_string(link.measurement),
                 fmt::format("that is between {}", fmt::join(members, " and ")));
    if (measurement.transport)
      part.equal("kind", link.kind, measurement.transport->kind, "the measurement's transport");
  }
}

void check_run(const Result& result) {
  const RunFacts& run = result.run;
  Part("/run").require(run.finished.empty() || second_of(run.finished) >= second_of(run.started),
                       "finished", run.finished, "the run began at " + run.started);
  Part("/run").require(!run.rank || *run.rank < run.world_size, "rank",
                       std::to_string(run.rank.value_or(0)),
                       fmt::format("the run has {} processes", run.world_size));
}

void check_devices(const Result& result) {
  std::set<std::string> uuids;
  for (std::size_t n = 0; n < result.nodes.size(); ++n) {
    std::set<int> indices;
    for (std::size_t d = 0; d < result.nodes[n].devices.size(); ++d) {
      const DeviceFacts& device = result.nodes[n].devices[d];
      const Part part(fmt::format("/nodes/{}/devices/{}", n, d));
      part.require(uuids.insert(device.uuid).second, "uuid", device.uuid, "another device has it");
      part.require(indices.insert(device.index).second, "index", std::to_string(device.index),
                   "another device has it");
      check_device_light(result, device, part);
    }
  }
}

void check_measurements(const Result& result) {
  std::map<std::string, std::string> patterns;  // by workload
  std::map<std::string, double> lights;         // by scope
  for (std::size_t i = 0; i < result.measurements.size(); ++i) {
    const Measurement& measurement = result.measurements[i];
    const Part part(fmt::format("/measurements/{}", i));
    check_group(measurement, part);
    check_scope(measurement, part);
    check_time(result, measurement, part);
    check_inputs(result, measurement, patterns, part);
    if (measurement.verification) check_verification(measurement, part);
    if (!measurement.samples) continue;
    check_ranks(measurement, part);
    check_series(measurement, part);
    check_light(result, measurement, lights, part);
  }
}

}  // namespace

}  // namespace consistency

void refuse_contradictions(const Result& result, const std::string& where) {
  try {
    consistency::check_run(result);
    consistency::check_devices(result);
    consistency::check_measurements(result);
    consistency::check_links(result);
  } catch (const Error& problem) {
    throw Error(fmt::format("{}: {}; the document contradicts itself", where, problem.what()));
  }
}

}  // namespace assay
