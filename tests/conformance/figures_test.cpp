// What a verdict says in figures and words of documents with something to say, compared with the
// files in golden/. ASSAY_UPDATE_GOLDEN=1 rewrites them.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "harness/core/cluster_facts.h"
#include "tests/conformance/fabric_run.h"

namespace assay::test {

namespace {

constexpr const char* kLarge = "m8192_n8192_k8192";
const Json kShares = {{"fail_below", 0.5}, {"warn_below", 0.6}};

/// To nine digits: the last ones are the compiler's.
Json rounded(Json value) {
  if (value.is_number_float()) return std::stod(fmt::format("{:.9g}", value.get<double>()));
  if (value.is_structured())
    for (Json& part : value) part = rounded(std::move(part));
  return value;
}

/// A line for each verdict that the profile asks for and for each of its figures; of a list for
/// each entry.
std::string said(const VerdictDocument& document, const Profile& profile) {
  std::string text;
  std::vector<RequirementVerdict> verdicts = document.requirements;
  verdicts.resize(profile.requirements.size());  // the judge adds others
  for (const RequirementVerdict& one : verdicts) {
    text += fmt::format("{}: {}, {}: {}\n", one.id, name(one.verdict), one.reason_code, one.reason);
    for (const auto& [key, value] : one.figures.items()) {
      const bool is_list = value.is_array();
      for (const Json& entry : is_list ? value : Json::array({value}))
        text += fmt::format("  {}{} {}\n", key, is_list ? "[]" : "", rounded(entry).dump());
    }
  }
  return text;
}

void check_golden_figures(const std::string& name, const std::string& text) {
  const std::string path = std::string(ASSAY_SOURCE_DIR) + "/tests/conformance/golden/" + name;
  if (std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream file(path);
  std::ostringstream expected;
  expected << file.rdbuf();
  CHECK(text == expected.str());
}

ProfileRequirement with_limits(const std::string& kind, Json parameters) {
  parameters.update(kShares);
  return requirement(kind, std::move(parameters));
}

Profile devices_profile() {
  Profile profile = small_profile();
  profile.cases[0].implementations.push_back("sm90_sdc");
  ProfileCases at_once = profile.cases[0];
  at_once.scope = "node";
  at_once.series = {Series::hot};
  profile.cases.push_back(at_once);
  profile.cases.push_back(
      {"memory_read", "cuda", {"f32"}, {"vectorized"}, {Shape::parse("bytes1073741824")}, {}});
  profile.cases.push_back({"device_to_device",
                           "cuda",
                           {"f32"},
                           {"copy_engine"},
                           {Shape::parse("bytes268435456")},
                           {Series::hot}});
  for (const char* kind :
       {"complete_run", "verified_results", "stable_samples", "contention", "spread_within_node",
        "straggler_spread", "slower_than_fleet", "same_bits_across_devices",
        "throughput_vs_baseline", "inventory_device_count", "inventory_ecc", "inventory_nvlink",
        "inventory_pcie_link", "inventory_power_and_clocks", "inventory_mode",
        "inventory_software_drift", "inventory_foreign_processes"})
    profile.requirements.push_back(requirement(kind));
  profile.requirements.push_back(with_limits("device_copies_vs_speed_of_light", {}));
  profile.requirements.push_back(with_limits("throughput_vs_speed_of_light", {}));
  profile.requirements.push_back(
      with_limits("throughput_vs_library", {{"workload", "gemm"}, {"implementation", "sm90"}}));
  profile.requirements.push_back(
      with_limits("weights_vs_read_bandwidth", {{"implementation", "sm90"}}));
  for (const char* scope : {"device", "node"}) {
    const Json of = {{"workload", "gemm"}, {"scope", scope}};
    profile.requirements.push_back(with_limits("sustained_rate", of));
    profile.requirements.back().id += std::string("_") + scope;
    profile.requirements.push_back(requirement("power_limit_held", of));
    profile.requirements.back().id += std::string("_") + scope;
  }
  return profile;
}

/// A node of two, the second of which is worse in all that is measured or told of it.
Result told_node(const Profile& profile) {
  Result result = passing_result(profile, "cuda", 2);
  result.schema_version = "1.0";
  result.run.tables = "gpu-of-the-test";
  result.run.seed = 7;
  result.run.rank = 0;
  DeviceFacts& worse = result.nodes[0].devices[1];
  for (DeviceFacts& device : result.nodes[0].devices) device.multiprocessors = 132;
  worse.ecc->remapped_rows = 2;
  worse.ecc->corrected_volatile = 3;
  worse.ecc->uncorrected_volatile = 4;
  worse.nvlink->errors = 5;
  worse.nvlink->replays = 6;
  worse.nvlink->active = 17;
  worse.pcie->width = 8;
  worse.pcie->generation = 4;
  worse.pcie->replays = 7;
  worse.pcie->under_load = true;
  worse.power_limit_w = 500;
  worse.clock_limit_hz = 1.5e9;
  worse.compute_mode = "prohibited";
  worse.vbios = "older";
  worse.other_processes = {{4711, "miner"}};
  for (Measurement& one : result.measurements) {
    const bool is_worse = one.scope.members.front() == worse.uuid;
    one.verification->checksum = is_worse ? "0f" : "0e";
    one.verification->error = is_worse ? 0.3 : 0.1;
    one.verification->tolerance = 0.4;
    one.metrics["peak_flop_per_s"] = 700e12;
    one.metrics["sustained_flop_per_s"] = is_worse ? 350e12 : 665e12;
    one.telemetry["power_w"] = {{"median", is_worse ? 400 : 690}};
    one.telemetry["clock_hz"] = {{"median", 1.7e9}};
    one.telemetry["temperature_c"] = {{"median", 61}};
    one.telemetry["clock_event_fractions"] = {{"sw_power_cap", 0.25}};
    one.samples->discarded = is_worse ? 10 : 1;
    one.samples->discard_reasons = {{"cpu_contention", one.samples->discarded}};
    if (is_worse) slow_down(one, one.id.implementation == "sm90" ? 2 : 1.25);
  }
  return result;
}

Baseline told_baseline() {
  Baseline baseline = passing_baseline();
  baseline.rows[0].mad = 5e12;
  baseline.rows[0].n = 20;
  return baseline;
}

Result told_pod(const std::string& run, const AlignmentFacts& claim) {
  Result result = passing_result(small_profile(), "cuda", 1);
  result.schema_version = "1.0";
  result.run.id = run;
  result.run.tables = "gpu-of-the-test";
  result.measurements[0].scope.level = "cluster";
  result.measurements[0].started = "2026-11-23T17:40:30.500Z";
  NodeFacts& node = result.nodes[0];
  const std::string uuid = node.devices[0].uuid;
  node.kubernetes = KubernetesFacts{"bench", "assay-0", "sha256:00", "claim-0", {uuid}};
  ClusterFacts facts{"2026-11-23T17:39:00Z",
                     {{"driver", "580.65.6"}},
                     std::vector<std::string>{},
                     GangFacts{"kueue", 2, 3, 4}};
  facts.gang_contention = GangContentionFacts{"kueue", 2, 10, 0, 9, 3, 4};
  facts.webhooks = {WebhookFacts{"jobsets.jobset.x-k8s.io", true, "", "vjobset.kb.io", "denied"}};
  facts.autoscaling = AutoscalingFacts{"karpenter", 2, 3, {"node-new"}, 300, 60, 90};
  facts.exporter =
      ExporterFacts{"dcgm-exporter",
                    3,
                    {{uuid, node.name, "gpu_util", "memory_used", {1, 31, 16}, {0, 10, 5}}},
                    {}};
  facts.alignment = claim;
  set_cluster_facts(facts, result);
  return result;
}

}  // namespace

TEST_SUITE("golden") {
  TEST_CASE("the verdicts on devices tell in figures what they are about") {
    const Profile profile = devices_profile();
    check_golden_figures("figures_devices.txt",
                         said(judge({{told_node(profile)}, &profile, {told_baseline()}}), profile));
  }

  TEST_CASE("the verdicts on a cluster tell in figures what they are about") {
    Profile profile = small_profile();
    for (const char* kind :
         {"kubernetes_claimed_devices", "kubernetes_unclaimed_container", "kubernetes_gang",
          "kubernetes_gang_contention", "kubernetes_webhook", "kubernetes_autoscaling",
          "kubernetes_exported_metrics", "kubernetes_driver_versions"})
      profile.requirements.push_back(requirement(kind));
    profile.requirements.push_back(requirement("kubernetes_first_collective", {{"at_most_s", 90}}));
    profile.requirements.push_back(with_limits("kubernetes_alignment", {{"workload", "gemm"}}));
    Result apart = told_pod("run-2", {"none", {"numaNode"}, {"pcieRoot"}});
    for (Measurement& one : apart.measurements) slow_down(one, 1.25);
    check_golden_figures(
        "figures_cluster.txt",
        said(judge({{told_pod("run-1", {"pcieRoot", {"pcieRoot"}, {"numaNode"}}), apart},
                    &profile,
                    {}}),
             profile));
  }

  TEST_CASE("the verdicts on a fabric tell in figures what they are about") {
    SimulatedFabric fabric = sound_fabric();
    fabric.slow_node(6, 0.6);
    Result result = fabric_result(fabric);
    slow_down(result.measurements[2], 1.5);
    result.measurements[2].samples->p99_s = 0.2;
    result.measurements[2].transport =
        Transport{"ring", "simple", "socket", 16, {"eth0"}, {}, {}, {}};
    Profile profile = fabric_profile();
    for (const char* kind : {"fabric_documents", "fabric_isolation", "fabric_curve_dips"})
      profile.requirements.push_back(requirement(kind));
    const Json largest = {{"workload", "all_reduce"}, {"shapes", "bytes1048576"}};
    profile.requirements.push_back(requirement("fabric_throughput_vs_baseline", largest));
    profile.requirements.push_back(requirement("transport_as_expected", largest));
    profile.requirements.back().parameters["expected"] = "ib_gdr";
    profile.requirements.push_back(requirement("collective_latency", largest));
    profile.requirements.back().parameters.update(Json{{"p50_warn_above_s", 1e-4},
                                                       {"p50_fail_above_s", 3e-4},
                                                       {"p99_warn_above_s", 1e-3},
                                                       {"p99_fail_above_s", 3e-3}});
    check_golden_figures(
        "figures_fabric.txt",
        said(judge({whole_run(std::move(result)), &profile, {fabric_baseline()}}), profile));
  }
}

TEST_SUITE("unit") {
  TEST_CASE("nodes that are judged one after the other have the figures of both at once") {
    const Profile profile = devices_profile();
    Result other = passing_result(profile, "cuda", 2, "node-b");
    for (Measurement& one : other.measurements) one.verification->checksum = "0e";
    const Evidence both{{told_node(profile), other}, &profile, {told_baseline()}};
    Judge judging(profile, {told_baseline()});
    judging.look({told_node(profile)});
    judging.look({other});
    CHECK(said(judging.verdict(), profile) == said(judge(both), profile));
  }
}

}  // namespace assay::test
