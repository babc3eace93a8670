// Names, places, times and counts of a document; its series and rates have files of their own.
#include "harness/core/consistency.h"

#include <set>

#include "harness/core/consistency_part.h"

namespace assay {

namespace consistency {

namespace {

/// Whole seconds compare as text; a fraction of any length may follow.
std::string_view second_of(const std::string& time) { return std::string_view(time).substr(0, 19); }

void check_time(const Result& result, const Measurement& measurement, const Part& part) {
  if (result.fabric && result.nodes.empty()) return;  // of nodes with clocks of their own
  const std::string_view at = second_of(measurement.started);
  const RunFacts& run = result.run;
  part.require(at >= second_of(run.started), "started", measurement.started,
               [&] { return "the run began at " + run.started; });
  part.require(run.finished.empty() || at <= second_of(run.finished), "started",
               measurement.started, [&] { return "the run ended at " + run.finished; });
}

/// What a workload is fed is the same wherever it is measured.
void check_inputs(const Result& result, const Measurement& measurement,
                  std::map<std::string, std::string>& patterns, const Part& part) {
  if (measurement.input_seed != result.run.seed)
    part.refuse("inputs/seed", std::to_string(measurement.input_seed),
                fmt::format("the run's seed is {}", result.run.seed));
  const std::string& pattern =
      patterns.try_emplace(measurement.id.workload, measurement.input_pattern).first->second;
  part.equal("inputs/pattern", measurement.input_pattern, pattern,
             "another measurement of this workload");
}

void check_scope(const Measurement& measurement, const Part& part) {
  const Scope& scope = measurement.scope;
  part.require(scope.level != "device" || scope.members.size() == 1, "scope/level", scope.level,
               [&] { return fmt::format("it has {} members", scope.members.size()); });
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < scope.members.size(); ++i)
    if (!seen.insert(scope.members[i]).second)
      part.refuse(fmt::format("scope/members/{}", i), in_quotes(scope.members[i]),
                  "another member is the same");
}

void check_group(const Measurement& measurement, const Part& part) {
  const std::string group = measurement.id.group();
  const std::string_view stated = measurement.group;
  const bool is_its =
      stated.starts_with(group) && (stated.size() == group.size() || stated[group.size()] == ' ');
  if (!is_its) part.refuse("group", in_quotes(stated), "the case is of " + in_quotes(group));
}

void check_verification(const Measurement& measurement, const Part& part) {
  const Verification& verification = *measurement.verification;
  const double error = verification.error.value_or(0);
  if (verification.status == Verification::Status::exact)
    if (error != 0)
      part.refuse("verification/error", fmt::format("{:.7g}", error), "an exact answer has none");
  if (verification.status != Verification::Status::within_tolerance) return;
  if (verification.error && verification.tolerance && error <= *verification.tolerance) return;
  part.refuse("verification/error", verification.error ? fmt::format("{:.7g}", error) : "absent",
              verification.tolerance
                  ? fmt::format("the tolerance is {:.7g}", *verification.tolerance)
                  : "there is no tolerance that it could be within");
}

void check_ranks(const Measurement& measurement, const Part& part) {
  const std::vector<RankSamples>& ranks = measurement.ranks;
  const Shape& shape = measurement.id.shape;
  if (!ranks.empty() && shape.has("ranks"))
    if (static_cast<std::int64_t>(ranks.size()) != shape.at("ranks"))
      part.refuse("ranks", fmt::format("a list of {}", ranks.size()),
                  fmt::format("the case is of {} ranks", shape.at("ranks")));
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const Part list = part.at("ranks");
    const Part rank = list.at(i);
    rank.equal("rank", ranks[i].rank, static_cast<double>(i), "its place");
    // A sample is the slowest rank's time.
    if (!(ranks[i].median_s <= measurement.samples->median_s * (1 + kRounding)))
      rank.refuse("median_s", fmt::format("{:.7g}", ranks[i].median_s),
                  fmt::format("the slowest of all ranks has a median of {:.7g}",
                              measurement.samples->median_s));
  }
}

/// `ib_gdr+nvlink` as its parts, into one set for all members.
void add_kinds(const std::string& kind, std::set<std::string>& kinds) {
  std::size_t begin = 0;
  for (std::size_t plus; (plus = kind.find('+', begin)) != std::string::npos; begin = plus + 1)
    kinds.insert(kind.substr(begin, plus - begin));
  kinds.insert(kind.substr(begin));
}

/// The whole went over what its members did; it is unknown where one of them is.
void check_transport(const Measurement& measurement, const Part& part) {
  const Transport& transport = *measurement.transport;
  if (transport.members.empty()) return;
  const std::vector<std::string>& scope = measurement.scope.members;
  std::set<std::string> stated, derived;
  add_kinds(transport.kind, stated);
  for (std::size_t i = 0; i < transport.members.size(); ++i) {
    const MemberTransport& member = transport.members[i];
    add_kinds(member.kind, derived);
    if (std::find(scope.begin(), scope.end(), member.name) == scope.end())
      part.refuse(fmt::format("transport/members/{}/name", i), in_quotes(member.name),
                  "the scope has no such member");
  }
  const bool is_unknown = transport.kind == "unknown" && derived.contains("unknown");
  if (stated != derived && !is_unknown)
    part.refuse("transport/kind", in_quotes(transport.kind),
                fmt::format("its members give {}", fmt::join(derived, "+")));
}

/// Rounds follow each other from the first, and no end is in two pairs of a round.
class Rounds {
 public:
  void take(const Link& link, const PairFacts& pair, const Part& part) {
    if (pair.round != round_ && pair.round != round_ + 1)
      part.refuse("measurement", std::to_string(link.measurement),
                  fmt::format("its round is {}, after round {}", pair.round, round_));
    if (pair.round != round_) busy_.clear();
    round_ = pair.round;
    for (const std::string& end : {link.a, link.b})
      if (!busy_.emplace(end, pair.rail).second)
        part.refuse("measurement", std::to_string(link.measurement),
                    fmt::format("{} is in another pair of round {}", end, pair.round));
  }

 private:
  int round_ = -1;
  std::set<std::pair<std::string, int>> busy_;  // an end and its rail
};

void check_links(const Result& result) {
  const Place document, links{&document, "links"};
  Rounds rounds;
  for (std::size_t i = 0; i < result.links.size(); ++i) {
    const Link& link = result.links[i];
    const Part part(Place{&links, {}, i});
    const Measurement& measurement = result.measurements.at(link.measurement);
    const std::vector<std::string>& members = measurement.scope.members;
    if (members != std::vector{link.a, link.b})
      part.refuse("measurement", std::to_string(link.measurement),
                  fmt::format("that is between {}", fmt::join(members, " and ")));
    if (measurement.transport)
      part.equal("kind", link.kind, measurement.transport->kind, "the measurement's transport");
    if (measurement.pair) rounds.take(link, *measurement.pair, part);
  }
}

/// The ranks of the pairs are `node`, or `node/rank0` where a node has several; a node's rack is
/// theirs.
void check_isolation(const Result& result) {
  if (!result.fabric || !result.isolation) return;
  const FabricFacts& fabric = *result.fabric;
  const IsolationFacts& isolation = *result.isolation;
  const Place document;
  const Part part(Place{&document, "isolation"});
  if (isolation.seed != result.run.seed)
    part.refuse("seed", std::to_string(isolation.seed),
                fmt::format("the run's seed is {}", result.run.seed));
  std::map<std::string, std::string> rack_of;
  for (std::size_t i = 0; i < fabric.nodes.size() && i < fabric.racks.size(); ++i)
    rack_of[fabric.nodes[i]] = fabric.racks[i];
  std::set<std::string> seen;
  for (std::size_t i = 0; i < isolation.nodes.size(); ++i) {
    const std::string& rank = isolation.nodes[i];
    auto node = rack_of.find(rank);
    if (node == rack_of.end()) node = rack_of.find(rank.substr(0, rank.rfind('/')));
    if (node == rack_of.end())
      part.refuse(fmt::format("nodes/{}", i), in_quotes(rank), "the fabric has no such node");
    part.equal(fmt::format("racks/{}", i), isolation.racks.at(i), node->second, "the fabric");
    seen.insert(node->first);
  }
  for (const auto& [node, rack] : rack_of)
    if (!seen.contains(node))
      part.refuse("nodes", fmt::format("a list of {}", isolation.nodes.size()),
                  "it has no rank of " + in_quotes(node));
}

void check_run(const Result& result) {
  const RunFacts& run = result.run;
  const Place document;
  const Part part(Place{&document, "run"});
  part.require(run.finished.empty() || second_of(run.finished) >= second_of(run.started),
               "finished", run.finished, [&] { return "the run began at " + run.started; });
  part.require(!run.rank || *run.rank < run.world_size, "rank", run.rank.value_or(0),
               [&] { return fmt::format("the run has {} processes", run.world_size); });
}

void check_measurements(const Result& result) {
  const Place document, measurements{&document, "measurements"};
  std::map<std::string, std::string> patterns;  // by workload
  std::map<std::string, double> lights;         // by scope
  for (std::size_t i = 0; i < result.measurements.size(); ++i) {
    const Measurement& measurement = result.measurements[i];
    const Part part(Place{&measurements, {}, i});
    check_group(measurement, part);
    check_scope(measurement, part);
    check_time(result, measurement, part);
    check_inputs(result, measurement, patterns, part);
    if (measurement.verification) check_verification(measurement, part);
    if (measurement.transport) check_transport(measurement, part);
    check_telemetry(measurement, part);
    if (measurement.status == MeasurementStatus::reported) check_reported(measurement, part);
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
    consistency::check_isolation(result);
    consistency::check_fits(result);
  } catch (const Error& problem) {
    throw Error(fmt::format("{}: {}; the document contradicts itself", where, problem.what()));
  }
}

}  // namespace assay
