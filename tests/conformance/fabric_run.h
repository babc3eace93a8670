// A run over a simulated fabric: what rank 0 writes of it, and the documents of its nodes.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "harness/core/content_hash.h"
#include "tests/collectives/simulated_fabric.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

constexpr int kNodes = 8;
constexpr double kSoundRate = 25e6;

inline Profile fabric_profile() {
  Profile profile;
  profile.name = "between";
  profile.backends = {"host"};
  const auto line = [](const std::string& workload, std::vector<std::string> shapes) {
    ProfileCases cases{workload, "host", {"f32"}, {"gloo"}, {}, {Series::hot}};
    for (const std::string& shape : shapes) cases.shapes.push_back(Shape::parse(shape));
    return cases;
  };
  profile.cases = {line("all_reduce", {"bytes1024", "bytes65536", "bytes1048576"}),
                   line("pair", {"bytes262144"})};
  return profile;
}

inline std::string node_called(int node) { return "node-" + std::to_string(node); }

inline Measurement measured(const std::string& id, double bytes, double bytes_per_s) {
  const Profile profile = small_profile();
  Measurement measurement = passing_result(profile, "cuda", 1).measurements.front();
  measurement.id = CaseId::parse(id);
  measurement.group = measurement.id.group();
  measurement.series = Series::hot;
  measurement.input_pattern = "small_integers";
  measurement.speed_of_light_fraction.reset();
  slow_down(measurement, bytes / bytes_per_s / measurement.samples->median_s);
  measurement.metrics = {{"bytes_per_s", bytes_per_s},
                         {"fastest_bytes_per_s", bytes_per_s},
                         {"bus_bandwidth_bytes_per_s", 1.75 * bytes_per_s}};
  return measurement;
}

/// What rank 0 writes: a sweep at the fabric's rate, then the rounds of pairs.
inline Result fabric_result(SimulatedFabric fabric, double rate = kSoundRate) {
  Result result = passing_result(fabric_profile(), "host", 1);
  result.nodes.clear();
  result.measurements.clear();
  result.run.world_size = kNodes;
  std::vector<std::string> nodes, racks;
  for (int node = 0; node < kNodes; ++node) {
    nodes.push_back(node_called(node));
    racks.push_back(fmt::format("r{}", fabric.fabric().rack_of[static_cast<std::size_t>(node)]));
  }
  result.fabric = FabricFacts{nodes, racks};
  result.isolation = IsolationFacts{5, nodes, racks, {}};
  for (int rail = 0; rail < fabric.fabric().rails; ++rail)
    result.isolation->nics.push_back(std::to_string(rail));
  for (const int bytes : {1024, 65536, 1048576}) {
    result.measurements.push_back(
        measured("all_reduce.f32.gloo/bytes" + std::to_string(bytes) + "_ranks8", bytes, rate));
    result.measurements.back().scope = {"cluster", nodes};
  }
  Isolation isolation(fabric.fabric(), 5);
  for (;;) {
    const std::vector<Probe> round = isolation.next_round();
    if (round.empty()) return result;
    std::vector<PairReading> readings;
    for (const Probe& probe : round) {
      readings.push_back(fabric.read(probe));
      readings.back().bytes_per_s *= kSoundRate;
      result.links.push_back(
          {node_called(probe.a), node_called(probe.b), "tcp", result.measurements.size()});
      result.measurements.push_back(
          measured("pair.f32.gloo/bytes262144_ranks2", 262144, readings.back().bytes_per_s));
      result.measurements.back().scope = {"cluster", {node_called(probe.a), node_called(probe.b)}};
      result.measurements.back().pair = PairFacts{isolation.rounds(), probe.rail};
    }
    isolation.record(readings);
  }
}

inline SimulatedFabric sound_fabric() { return SimulatedFabric(kNodes, kNodes, 1, 0.02, 3); }

inline std::vector<Result> whole_run(Result fabric) {
  std::vector<Result> documents;
  for (int node = 0; node < kNodes; ++node) {
    documents.push_back(passing_result(fabric_profile(), "host", 1, node_called(node)));
    documents.back().measurements.clear();
    documents.back().run.world_size = kNodes;
    documents.back().run.id = fabric.run.id;
  }
  documents.push_back(std::move(fabric));
  std::vector<NamedDocument> named;
  for (const Result& document : documents)
    named.push_back({"a document", content_sha256(document)});
  for (Result& document : documents) document.documents = named;
  return documents;
}

/// What links of the sound fabric make of an all_reduce of 1 MiB.
inline BaselineRow fabric_row(const std::string& level, int ranks) {
  BaselineRow row;
  row.id = CaseId::parse(fmt::format("all_reduce.f32.*/bytes1048576_ranks{}", ranks));
  row.series = Series::hot;
  row.scope_level = level;
  row.metric = "bus_bandwidth_bytes_per_s";
  row.value = 1.75 * kSoundRate;
  row.input_pattern = "small_integers";
  row.tier = "derived";
  row.source = "made up for tests";
  return row;
}

inline Baseline fabric_baseline(std::vector<BaselineRow> rows = {fabric_row("cluster", 8)}) {
  Baseline baseline;
  baseline.name = "links of 200 Mbit/s";
  baseline.sku = "host";
  baseline.rows = std::move(rows);
  return baseline;
}

inline RequirementVerdict judged_run(std::vector<Result> documents, const std::string& kind,
                                     std::vector<Baseline> baselines = {},
                                     Json parameters = Json::object()) {
  Profile profile = fabric_profile();
  profile.requirements = {requirement(kind, std::move(parameters))};
  return judged({std::move(documents), &profile, std::move(baselines)}, kind);
}

inline std::string subjects_of(const RequirementVerdict& verdict) {
  std::string text;
  for (const Subject& subject : verdict.subjects)
    text += (text.empty() ? "" : ", ") + subject.kind + " " + subject.name;
  return text;
}

}  // namespace assay::test
