// Requirements on what is between nodes, from documents of simulated fabrics.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "harness/core/content_hash.h"
#include "tests/collectives/simulated_fabric.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

constexpr int kNodes = 8;
constexpr double kSoundRate = 25e6;

Profile fabric_profile() {
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

std::string node_called(int node) { return "node-" + std::to_string(node); }

Measurement measured(const std::string& id, double bytes, double bytes_per_s) {
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
Result fabric_result(SimulatedFabric fabric, double rate = kSoundRate) {
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

SimulatedFabric sound_fabric() { return SimulatedFabric(kNodes, kNodes, 1, 0.02, 3); }

std::vector<Result> whole_run(Result fabric) {
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

RequirementVerdict judged_run(std::vector<Result> documents, const std::string& kind,
                              std::vector<Baseline> baselines = {},
                              Json parameters = Json::object()) {
  Profile profile = fabric_profile();
  profile.requirements = {requirement(kind, std::move(parameters))};
  return judged({std::move(documents), &profile, std::move(baselines)}, kind);
}

std::string subjects_of(const RequirementVerdict& verdict) {
  std::string text;
  for (const Subject& subject : verdict.subjects)
    text += (text.empty() ? "" : ", ") + subject.kind + " " + subject.name;
  return text;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("rounds of pairs that the document numbers otherwise are not believed") {
    const Result sound = fabric_result(sound_fabric());
    for (const std::size_t link :
         {std::size_t{0}, sound.links.size() / 2, sound.links.size() - 1}) {
      CAPTURE(link);
      Result edited = sound;
      ++edited.measurements[edited.links[link].measurement].pair->round;
      const int round = edited.measurements[edited.links[link].measurement].pair->round - 1;
      const RequirementVerdict verdict = judged_run(whole_run(edited), "fabric_isolation");
      CHECK(verdict.reason_code == "missing");
      if (link > 0)  // the first says from which number on the document counts
        CHECK(verdict.reason.find(fmt::format("end after round {},", round - 1)) !=
              std::string::npos);
    }
    Result unnumbered = sound;
    for (Measurement& one : unnumbered.measurements) one.pair.reset();
    CHECK(judged_run(whole_run(unnumbered), "fabric_isolation").verdict == Verdict::pass);
  }

  TEST_CASE("slow nodes and links between nodes are named from the document and no others") {
    CHECK(judged_run(whole_run(fabric_result(sound_fabric())), "fabric_isolation").verdict ==
          Verdict::pass);
    SimulatedFabric one = sound_fabric();
    one.slow_node(6, 0.6);
    const RequirementVerdict verdict =
        judged_run(whole_run(fabric_result(one)), "fabric_isolation");
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(subjects_of(verdict) == "node node-6");
    SimulatedFabric link = sound_fabric();
    link.slow_link(1, 4, 0.3);
    CHECK(subjects_of(judged_run(whole_run(fabric_result(link)), "fabric_isolation")) ==
          "link node-1 - node-4");
    SimulatedFabric all = sound_fabric();
    all.slow_everything(0.1);
    CHECK(judged_run(whole_run(fabric_result(all)), "fabric_isolation").verdict == Verdict::pass);
  }

  TEST_CASE("slow uplinks and NICs are named as what somebody goes and looks at") {
    const auto named = [](const SimulatedFabric& fabric) {
      return subjects_of(judged_run(whole_run(fabric_result(fabric)), "fabric_isolation"));
    };
    const SimulatedFabric racks(kNodes, 2, 2, 0.02, 3);
    CHECK(named(racks).empty());
    SimulatedFabric uplink = racks;
    uplink.slow_uplink(1, 0.3);
    CHECK(named(uplink) == "fabric uplink of rack r1");
    SimulatedFabric nic = racks;
    nic.slow_nic(5, 1, 0.3);
    CHECK(named(nic) == "device node-5/nic 1");
    SimulatedFabric first = racks;
    first.slow_nic(2, 0, 0.3);
    CHECK(named(first) == "device node-2/nic 0");
  }

  TEST_CASE("rounds of pairs that were cut short name nobody and do not pass") {
    SimulatedFabric fabric = sound_fabric();
    fabric.slow_node(2, 0.3);
    Result result = fabric_result(fabric);
    result.links.pop_back();
    const RequirementVerdict cut = judged_run(whole_run(result), "fabric_isolation");
    CHECK(cut.verdict == Verdict::not_evaluated);
    CHECK(cut.reason_code == "missing");
    Result another = fabric_result(fabric);
    std::swap(another.links[0].b, another.links[1].b);  // readings of pairs that nobody planned
    CHECK(judged_run(whole_run(another), "fabric_isolation").reason_code == "missing");
    result.links.clear();
    CHECK(judged_run(whole_run(result), "fabric_isolation").reason_code == "missing");
    result.isolation.reset();
    CHECK(judged_run(whole_run(result), "fabric_isolation").reason_code == "missing");
  }

  TEST_CASE("a run without its fabric document passes nothing that spans nodes") {
    std::vector<Result> documents = whole_run(fabric_result(sound_fabric()));
    documents.pop_back();
    for (const char* kind : {"complete_run", "fabric_isolation", "fabric_curve_dips",
                             "fabric_throughput_vs_baseline", "fabric_documents"}) {
      CAPTURE(kind);
      CHECK(judged_run(documents, kind).reason_code == "missing");
    }
  }

  TEST_CASE("a run without what is between its ranks is missing beside one that has it") {
    std::vector<Result> documents = whole_run(fabric_result(sound_fabric()));
    CHECK(judged_run(documents, "complete_run").verdict == Verdict::pass);
    documents.push_back(passing_result(fabric_profile(), "host", 1, "node-x"));
    documents.back().measurements.clear();
    CHECK(judged_run(documents, "complete_run").verdict == Verdict::pass);
    documents.back().run.world_size = 2;
    const RequirementVerdict verdict = judged_run(documents, "complete_run");
    CHECK(verdict.reason_code == "missing");
    CHECK(verdict.reason.find("run run-node-x had 2 ranks") == 0);
    CHECK(verdict.subjects.size() == 1);
  }

  TEST_CASE("what applies to nodes with several devices applies to the fabric between them") {
    Profile profile = fabric_profile();
    profile.backends = {"cuda"};
    for (ProfileCases& line : profile.cases) line.backend = "cuda";
    ProfileRequirement asked =
        requirement("transport_as_expected", {{"workload", "all_reduce"}, {"expected", "nvlink"}});
    asked.applies_when = {{"has_nvlink", true}, {"min_devices", 2}};
    profile.requirements = {asked};
    Result fabric = fabric_result(sound_fabric());
    fabric.run.backend = "cuda";
    fabric.simulated = false;
    for (Measurement& one : fabric.measurements) {
      one.transport = Transport();
      one.transport->kind = "nvlink";
    }
    Result node = passing_result(profile, "cuda", 2);
    node.measurements.clear();
    CHECK(judged(Evidence{{node, fabric}, &profile, {}}, asked.id).verdict == Verdict::pass);
    node.nodes.front().devices.pop_back();
    CHECK(judged(Evidence{{node, fabric}, &profile, {}}, asked.id).reason_code == "not_applicable");
  }

  TEST_CASE("the inventory of a run with a fabric document is that of its nodes") {
    const std::vector<Result> whole = whole_run(fabric_result(sound_fabric()));
    CHECK(judged_run(whole, "inventory_device_count").verdict == Verdict::pass);
    CHECK(judged_run({whole.back()}, "inventory_device_count").reason_code == "missing");
  }

  TEST_CASE(
      "the devices of a process alone are looked at though its document is of the fabric too") {
    Profile profile = small_profile();
    profile.requirements = {requirement("inventory_pcie_link")};
    Result result = passing_result(profile, "cuda", 2);
    result.fabric = FabricFacts{{"node-a"}, {""}};
    const Evidence evidence{{result}, &profile, {}};
    CHECK(judged(evidence, "inventory_pcie_link").verdict == Verdict::pass);
  }

  TEST_CASE("a process alone leaves one document and names no other") {
    Result result = passing_result(fabric_profile(), "host", 1);
    CHECK(judged_run({result}, "fabric_documents").verdict == Verdict::pass);
  }

  TEST_CASE("a document that is absent or was changed is noticed by those that name it") {
    const std::vector<Result> whole = whole_run(fabric_result(sound_fabric()));
    CHECK(judged_run(whole, "fabric_documents").verdict == Verdict::pass);
    CHECK(judged_run(whole, "complete_run").verdict == Verdict::pass);
    std::vector<Result> fewer(whole.begin() + 1, whole.end());
    CHECK(judged_run(fewer, "fabric_documents").reason_code == "missing");
    std::vector<Result> changed = whole;
    changed.back().measurements.front().samples->median_s *= 1.01;
    CHECK(judged_run(changed, "fabric_documents").reason_code == "missing");
  }

  TEST_CASE("a collective that the fabric document lacks is missing from a complete run") {
    Result result = fabric_result(sound_fabric());
    result.measurements.front().id = CaseId::parse("all_reduce.f32.other/bytes1024_ranks8");
    const RequirementVerdict verdict = judged_run(whole_run(result), "complete_run");
    CHECK(verdict.reason_code == "missing");
    CHECK(verdict.reason.find("all_reduce.f32/bytes1024") != std::string::npos);
  }

  TEST_CASE("a size slower than a smaller one is a dip and is named") {
    Result result = fabric_result(sound_fabric());
    CHECK(judged_run(whole_run(result), "fabric_curve_dips").verdict == Verdict::pass);
    slow_down(result.measurements.at(2), 1.3);
    const RequirementVerdict verdict = judged_run(whole_run(result), "fabric_curve_dips");
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason.find("1048576 bytes") != std::string::npos);
  }

  TEST_CASE("a dip within the intervals of both sizes is none") {
    struct Row {
      double slower, width;
      Verdict verdict;
    };
    // At the ends of intervals of 5 %, 1.3 times slower may be 1.3 / 1.05 / 1.05 = 1.18 times.
    for (const Row& row : {Row{1.3, 0.002, Verdict::fail}, Row{1.3, 0.05, Verdict::fail},
                           Row{1.3, 0.1, Verdict::pass}, Row{1.1, 0.002, Verdict::pass},
                           Row{1.12, 0.002, Verdict::fail}}) {
      CAPTURE(row.slower);
      CAPTURE(row.width);
      Result result = fabric_result(sound_fabric());
      slow_down(result.measurements.at(2), row.slower);
      for (std::size_t i = 0; i < 3; ++i) {
        Samples& samples = *result.measurements[i].samples;
        samples.ci_low_s = samples.median_s / (1 + row.width);
        samples.ci_high_s = samples.median_s * (1 + row.width);
      }
      CHECK(judged_run(whole_run(result), "fabric_curve_dips").verdict == row.verdict);
    }
  }

  TEST_CASE("a size is compared with the fastest of all smaller ones") {
    Result result = fabric_result(sound_fabric());
    slow_down(result.measurements.at(1), 1.08);  // no dip: 93 % of the size before
    slow_down(result.measurements.at(2), 1.15);  // 87 % of the first and 94 % of the one before
    const RequirementVerdict verdict = judged_run(whole_run(result), "fabric_curve_dips");
    CHECK(verdict.verdict == Verdict::fail);
    REQUIRE(verdict.figures["dips"].size() == 1);
    CHECK(verdict.figures["dips"][0]["smaller_bytes"] == 1024);
  }

  TEST_CASE("the sweeps of two racks are two curves") {
    Result result = fabric_result(sound_fabric());
    const std::vector<Measurement> sweep(result.measurements.begin(),
                                         result.measurements.begin() + 3);
    for (std::size_t i = 0; i < 3; ++i) {
      result.measurements[i].scope = {"rack", {"node-0", "node-1"}};
      Measurement other = sweep[i];
      other.scope = {"rack", {"node-2", "node-3"}};
      slow_down(other, 3);
      result.measurements.push_back(other);
    }
    CHECK(judged_run(whole_run(result), "fabric_curve_dips").verdict == Verdict::pass);
    slow_down(result.measurements.back(), 1.3);
    const RequirementVerdict verdict = judged_run(whole_run(result), "fabric_curve_dips");
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason.find("rack of node-2") != std::string::npos);
  }

  TEST_CASE("a reading of another pair than the rounds plan ends the replay") {
    Result result = fabric_result(sound_fabric());
    std::swap(result.links.at(0).b, result.links.at(1).b);
    const RequirementVerdict verdict = judged_run(whole_run(result), "fabric_isolation");
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "missing");
  }

  TEST_CASE("two ranks are one pair that nothing can be compared with") {
    Result result = fabric_result(sound_fabric());
    result.isolation->nodes.resize(2);
    result.isolation->racks.resize(2);
    const RequirementVerdict verdict = judged_run(whole_run(result), "fabric_isolation");
    CHECK(verdict.verdict == Verdict::not_evaluated);
    CHECK(verdict.reason_code == "not_applicable");
    CHECK(verdict.reason.find("one pair") != std::string::npos);
    result.isolation->nodes.push_back("node-2");
    result.isolation->racks.push_back("r2");
    CHECK(judged_run(whole_run(result), "fabric_isolation").reason_code != "not_applicable");
  }

  TEST_CASE("the samples of ranks are held to what those of devices are held to") {
    const auto stable = [](Result fabric) {
      return judged_run(whole_run(std::move(fabric)), "stable_samples");
    };
    const Result sound = fabric_result(sound_fabric());
    CHECK(stable(sound).verdict == Verdict::pass);
    Result noisy = sound;
    noisy.measurements[1].samples->ci_high_s *= 1.1;
    CHECK(stable(noisy).reason_code == "too_noisy");
    REQUIRE(stable(noisy).subjects.size() == 1);
    CHECK(stable(noisy).subjects[0].kind == "fabric");
    Result few = sound;
    few.measurements[2].samples->count = 9;
    CHECK(stable(few).reason_code == "too_few_samples");
    Result pair = sound;  // its few exchanges are judged by their fastest
    pair.measurements.back().samples->count = 2;
    CHECK(stable(pair).verdict == Verdict::pass);
  }

  TEST_CASE("a uniformly slow fabric fails its baseline as a fabric and a missing row is said") {
    Baseline baseline;
    baseline.name = "links of 200 Mbit/s";
    baseline.sku = "host";
    BaselineRow row;
    row.id = CaseId::parse("all_reduce.f32.*/bytes1048576_ranks8");
    row.series = Series::hot;
    row.scope_level = "cluster";
    row.metric = "bus_bandwidth_bytes_per_s";
    row.value = 1.75 * kSoundRate;
    row.input_pattern = "small_integers";
    row.tier = "derived";
    baseline.rows = {row};
    const Json largest = {{"shapes", "bytes1048576"}};
    const auto verdict_of = [&](double rate, const Json& parameters) {
      return judged_run(whole_run(fabric_result(sound_fabric(), rate)),
                        "fabric_throughput_vs_baseline", {baseline}, parameters);
    };
    CHECK(verdict_of(kSoundRate, largest).verdict == Verdict::pass);
    const RequirementVerdict slow = verdict_of(0.1 * kSoundRate, largest);
    CHECK(slow.verdict == Verdict::fail);
    REQUIRE(slow.subjects.size() == 1);
    CHECK(slow.subjects[0].kind == "fabric");
    CHECK(verdict_of(kSoundRate, Json::object()).reason_code == "no_baseline");
    for (const auto& [fraction, expected] :
         {std::pair(0.9501, Verdict::pass), std::pair(0.9499, Verdict::warn),
          std::pair(0.9001, Verdict::warn), std::pair(0.8999, Verdict::fail)}) {
      CAPTURE(fraction);
      Result result = fabric_result(sound_fabric(), fraction * kSoundRate);
      for (Measurement& one : result.measurements)
        if (one.samples) one.samples->ci_low_s = one.samples->ci_high_s = one.samples->median_s;
      const RequirementVerdict verdict =
          judged_run(whole_run(result), "fabric_throughput_vs_baseline", {baseline}, largest);
      CHECK(verdict.verdict == expected);
    }
    // What was not measured is no matter of a baseline.
    Result without = fabric_result(sound_fabric());
    std::erase_if(without.measurements, [](const Measurement& one) {
      return one.id.shape.has("ranks") && one.id.shape.at("bytes") == 1048576;
    });
    for (Link& link : without.links) --link.measurement;
    const RequirementVerdict unmeasured =
        judged_run(whole_run(without), "fabric_throughput_vs_baseline", {baseline}, largest);
    CHECK(unmeasured.reason_code == "missing");
    CHECK(unmeasured.action == Action::rerun);
  }

  TEST_CASE("each scope of a collective is held to its own row and a slow node is named") {
    const auto row_of = [](const std::string& level, int ranks) {
      BaselineRow row;
      row.id = CaseId::parse(fmt::format("all_reduce.f32.*/bytes1048576_ranks{}", ranks));
      row.series = Series::hot;
      row.scope_level = level;
      row.metric = "bus_bandwidth_bytes_per_s";
      row.value = 1.75 * kSoundRate;
      row.input_pattern = "small_integers";
      row.tier = "derived";
      return row;
    };
    Baseline baseline;
    baseline.name = "links of 200 Mbit/s";
    baseline.sku = "host";
    baseline.rows = {row_of("cluster", 8), row_of("node", 2)};
    const auto verdict_of = [&](const std::vector<double>& rates) {
      Result result = fabric_result(sound_fabric());
      for (std::size_t node = 0; node < rates.size(); ++node) {
        result.measurements.push_back(
            measured("all_reduce.f32.gloo/bytes1048576_ranks2", 1048576, rates[node]));
        result.measurements.back().scope = {"node", {node_called(static_cast<int>(node))}};
      }
      return judged_run(whole_run(result), "fabric_throughput_vs_baseline", {baseline},
                        {{"shapes", "bytes1048576"}});
    };
    CHECK(verdict_of({kSoundRate, kSoundRate}).verdict == Verdict::pass);
    const RequirementVerdict slow = verdict_of({kSoundRate, kSoundRate / 2});
    CHECK(slow.verdict == Verdict::fail);
    REQUIRE(slow.subjects.size() == 1);
    CHECK(slow.subjects[0].name == node_called(1));
    baseline.rows.pop_back();
    const RequirementVerdict unknown = verdict_of({kSoundRate});
    CHECK(unknown.reason_code == "no_baseline");
    CHECK(unknown.reason.find("over 2 ranks") != std::string::npos);
  }
}

}  // namespace assay::test
