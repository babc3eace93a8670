// Simulated documents: whole, marked, the same for the same seed, and judged as what was planted.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "harness/conformance/reduced.h"
#include "harness/conformance/requirement.h"
#include "harness/core/baseline.h"
#include "harness/core/consistency.h"
#include "harness/core/document.h"
#include "harness/core/profile.h"
#include "harness/core/switch_gain.h"
#include "harness/simulate/model.h"
#include "tests/core/refusal.h"

namespace assay {

namespace {

SimulationModel h200(std::vector<std::string> faults = {}) {
  SimulationModel model;
  model.gpu = gpu_model_named("h200-sxm");
  for (const std::string& spec : faults) model.faults.push_back(fault_from_spec(spec));
  return model;
}

RequirementVerdict verdict_on(const SimulationModel& model, const std::string& id,
                              const std::string& name = "training") {
  const Profile profile = load_profile(name);
  Evidence evidence{{}, &profile, {}};
  for (int node = 0; node < 3; ++node)
    evidence.results.push_back(simulated_node(model, profile, node));
  for (const RequirementVerdict& one : judge(evidence).requirements)
    if (one.id == id) return one;
  FAIL("no requirement " << id);
  return {};
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a simulated document is valid and marked and has 64 values or more in each series") {
    for (const GpuModel& gpu : gpu_models()) {
      for (const char* name : {"training", "inference", "copies"}) {
        CAPTURE(gpu.name);
        CAPTURE(name);
        SimulationModel model;
        model.gpu = &gpu;
        model.devices = gpu.devices_per_node;
        const Result result = simulated_node(model, load_profile(name), 3);
        validate(to_json(result), DocumentKind::result, "simulated");
        CHECK(result.simulated);
        CHECK(result.extensions.contains("simulation"));
        for (const Measurement& one : result.measurements)
          if (one.samples) CHECK(one.samples->values_s.size() >= 64);
      }
    }
  }

  TEST_CASE("a simulated document agrees with itself whatever its number of devices") {
    SimulationModel model = h200();
    for (const int devices : {1, 2, 3, 4}) {
      CAPTURE(devices);
      model.devices = devices;
      CHECK_NOTHROW(
          refuse_contradictions(simulated_node(model, load_profile("training"), 0), "simulated"));
    }
  }

  TEST_CASE("no baseline of a collective is above the speed of light of its simulated node") {
    std::map<std::string, double> allowed;  // by workload, of eight ranks
    for (const Measurement& one :
         simulated_node(h200(), load_profile("training"), 0).measurements) {
      const auto bus = one.metrics.find("bus_bandwidth_bytes_per_s");
      if (bus == one.metrics.end()) continue;
      allowed[one.id.workload] = bus->second / one.speed_of_light_fraction.value();
      CHECK(one.extensions["speed_of_light_bound"] ==
            (one.id.workload == "all_reduce" ? "nvlink_switches" : "nvlink"));
    }
    CHECK(allowed.at("all_reduce") == doctest::Approx(450e9 * switch_gain("all_reduce", 8)));
    CHECK(allowed.at("all_gather") == doctest::Approx(450e9));
    int rows = 0;
    for (const Baseline& baseline : builtin_baselines()) {
      for (const BaselineRow& row : baseline.rows) {
        const auto light = allowed.find(row.id.workload);
        if (baseline.sku != "h200-sxm" || light == allowed.end() || row.nodes.value_or(1) > 1 ||
            row.metric != "bus_bandwidth_bytes_per_s" || row.id.shape.at("ranks") != 8)
          continue;
        ++rows;
        CAPTURE(row.id.str());
        CHECK(row.value <= light->second);
      }
    }
    CHECK(rows > 0);
  }

  TEST_CASE(
      "no baseline of a copy from or to the host is above what the link of its model carries") {
    std::set<std::string> skus;
    for (const Baseline& baseline : builtin_baselines()) {
      const GpuModel* gpu = gpu_model_named(baseline.sku);
      if (gpu == nullptr) continue;
      const double link = gpu_speed_of_light(part_of(*gpu)).pcie_bytes_per_s.value();
      for (const BaselineRow& row : baseline.rows) {
        if (row.id.workload != "host_to_device" && row.id.workload != "device_to_host") continue;
        CAPTURE(baseline.sku);
        CAPTURE(row.id.str());
        CHECK(row.value <= link);
        CHECK(row.value > 0.6 * link);
        skus.insert(baseline.sku);
      }
    }
    CHECK(skus.size() >= 3);
  }

  TEST_CASE("only the same simulation has the same run") {
    const auto id = [](const SimulationModel& model) {
      return simulated_node(model, load_profile("quick"), 0).run.id;
    };
    SimulationModel of = h200();
    CHECK(id(of) == id(h200()));
    of.noise *= 2;
    CHECK(id(of) != id(h200()));
    const auto uuid = [](const SimulationModel& model) {
      return simulated_node(model, load_profile("quick"), 0).nodes.at(0).devices.at(0).uuid;
    };
    CHECK(uuid(of) == uuid(h200()));
    of.gpu = gpu_model_named("h100-sxm");
    CHECK(uuid(of) != uuid(h200()));
    of = h200();
    of.seed += 1;
    CHECK(id(of) != id(h200()));
  }

  TEST_CASE("a node of eight devices has 240 measurements of training") {
    const Result result = simulated_node(h200(), load_profile("training"), 0);
    CHECK(result.measurements.size() >= 240);
  }

  TEST_CASE("the same seed and node give the same document and others do not") {
    const Profile profile = load_profile("training");
    const auto measurements = [&](std::uint64_t seed, int node) {
      SimulationModel model = h200();
      model.seed = seed;
      return to_json(simulated_node(model, profile, node))["measurements"].dump();
    };
    CHECK(measurements(1, 0) == measurements(1, 0));
    CHECK(measurements(1, 0) != measurements(2, 0));
    CHECK(measurements(1, 0) != measurements(1, 1));
  }

  TEST_CASE("a document made in the memory of one that was judged is as a new one") {
    for (const char* name : {"training", "inference", "copies"}) {
      const Profile profile = load_profile(name);
      SimulatedNodes nodes(h200(), profile);
      Result document;
      SimulationModel model;
      for (const std::vector<std::string>& faults : std::vector<std::vector<std::string>>{
               {}, {"wrong:1/2", "bits:1/3", "noise:1/1:4", "ecc:1/0"}, {}, {"lost:1/4"}, {}}) {
        const std::uint64_t seed = model.seed + 1;
        model = h200(faults);
        model.seed = seed;
        nodes.plant(seed, model.faults);
        nodes.make(1, document);
        const Result fresh = simulated_node(model, profile, 1);
        document.fits = fresh.fits;
        CAPTURE(name);
        CAPTURE(seed);
        CHECK(to_json(document).dump() == to_json(fresh).dump());
        take_reduced(document);
        nodes.make(2, document);  // another node in between
      }
    }
  }

  TEST_CASE("healthy nodes of every accelerator meet every must and are warned of nothing") {
    for (const GpuModel& gpu : gpu_models()) {
      for (const char* name : {"node", "training", "inference", "burn", "copies"}) {
        const Profile profile = load_profile(name);
        SimulationModel model;
        model.gpu = &gpu;
        model.devices = gpu.devices_per_node;
        Evidence evidence{{}, &profile, builtin_baselines()};
        for (int node = 0; node < 2; ++node)
          evidence.results.push_back(simulated_node(model, profile, node));
        for (const RequirementVerdict& one : judge(evidence).requirements) {
          CAPTURE(gpu.name);
          CAPTURE(name);
          CAPTURE(one.id);
          CAPTURE(one.reason);
          const bool is_met = one.verdict == Verdict::pass || one.reason_code == "not_applicable";
          CHECK((is_met || one.level == Level::should));
          CHECK(one.verdict != Verdict::fail);
          CHECK(one.verdict != Verdict::warn);
        }
      }
    }
  }

  TEST_CASE("every kind of fault is found by the requirement that looks for it") {
    const auto names_device = [](const RequirementVerdict& verdict) {
      CAPTURE(verdict.reason);
      CHECK((verdict.verdict == Verdict::fail || verdict.verdict == Verdict::warn));
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].name.starts_with("node-00001 device 5,"));
    };
    names_device(verdict_on(h200({"compute:1/5:0.1"}), "fleet"));
    names_device(verdict_on(h200({"memory:1/5:0.1"}), "memory_spread"));
    names_device(verdict_on(h200({"links:1/5:0.1"}), "fleet"));
    names_device(verdict_on(h200({"wrong:1/5"}), "verified_results"));
    names_device(verdict_on(h200({"bits:1/5"}), "same_bits"));
    names_device(verdict_on(h200({"ecc:1/5"}), "ecc"));
    names_device(verdict_on(h200({"links:1/5:0.1"}), "fleet", "node"));
    CHECK(verdict_on(h200({"lost:1/5"}), "device_count").verdict == Verdict::fail);
    const RequirementVerdict all = verdict_on(h200({"lost:1/*"}), "device_count");
    CHECK(all.verdict == Verdict::fail);
    CHECK(all.reason.find("node-00001 has 0 devices, most nodes have 8") != std::string::npos);
  }

  TEST_CASE("a profile for hosts or with pairs of ranks is refused") {
    Profile hosts;
    hosts.name = "hosts";
    hosts.backends = {"host"};
    CHECK(test::refusal([&] { simulated_node(h200(), hosts, 0); }).find("not for cuda") !=
          std::string::npos);
    CHECK(test::refusal([&] {
            simulated_node(h200(), load_profile("fabric"), 0);
          }).find("pairs of ranks") != std::string::npos);
  }
}

}  // namespace assay
