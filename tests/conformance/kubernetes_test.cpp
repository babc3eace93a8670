// The requirements on what a cluster gave a run: each passes, fails on its fault and misses facts.
#include <doctest/doctest.h>

#include <functional>

#include "harness/core/cluster_facts.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

Result in_a_pod() {
  Result result = passing_result(small_profile(), "cuda", 2);
  NodeFacts& node = result.nodes.front();
  node.kubernetes = KubernetesFacts{"bench", "assay-0", "sha256:00", "claim-0", {}};
  for (const DeviceFacts& device : node.devices) node.kubernetes->allocated.push_back(device.uuid);
  result.software["driver"] = "580.65.06";
  result.software["cuda_driver_api"] = "13.0";
  set_cluster_facts({"2026-11-23T17:39:00Z",
                     {{"driver", "580.65.6"}, {"cuda_driver_api", "13.0.0"}},
                     std::vector<std::string>{},
                     GangFacts{"kueue", 2, 3}},
                    result);
  return result;
}

Verdict verdict(const Result& result, const std::string& kind,
                const Json& parameters = Json::object()) {
  return judged(result, requirement(kind, parameters)).verdict;
}

Result with(const std::function<void(ClusterFacts&)>& change) {
  Result result = in_a_pod();
  ClusterFacts facts = *cluster_facts(result);
  change(facts);
  set_cluster_facts(facts, result);
  return result;
}

Result with_collective(const std::string& started) {
  Result result = in_a_pod();
  result.measurements.front().scope.level = "cluster";
  result.measurements.front().started = started;
  return result;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("claimed devices are those that are seen and any other is named") {
    const char* kind = "kubernetes_claimed_devices";
    Result result = in_a_pod();
    CHECK(verdict(result, kind) == Verdict::pass);
    result.nodes.front().kubernetes->allocated.back() = "GPU-of-another";
    const RequirementVerdict failed = judged(result, requirement(kind));
    CHECK(failed.verdict == Verdict::fail);
    CHECK(failed.reason.find("GPU-of-another") != std::string::npos);
    result.nodes.front().kubernetes->allocated.pop_back();
    CHECK(verdict(result, kind) == Verdict::fail);
    result.nodes.front().kubernetes.reset();
    CHECK(verdict(result, kind) == Verdict::not_evaluated);
  }

  TEST_CASE("a container that claims nothing and sees a device fails isolation") {
    const char* kind = "kubernetes_unclaimed_container";
    CHECK(verdict(in_a_pod(), kind) == Verdict::pass);
    CHECK(verdict(with([](auto& facts) { facts.unclaimed->push_back("/dev/nvidia0"); }), kind) ==
          Verdict::fail);
    CHECK(verdict(with([](auto& facts) { facts.unclaimed.reset(); }), kind) ==
          Verdict::not_evaluated);
  }

  TEST_CASE("a gang that was partly bound for long fails") {
    const char* kind = "kubernetes_gang";
    CHECK(verdict(in_a_pod(), kind) == Verdict::pass);
    const Result partial = with([](auto& facts) { facts.gang->partial_s = 60; });
    CHECK(verdict(partial, kind) == Verdict::fail);
    CHECK(verdict(partial, kind, {{"tolerance_s", 90}}) == Verdict::pass);
    CHECK(verdict(with([](auto& facts) { facts.gang->scheduler = "none"; }), kind) ==
          Verdict::not_evaluated);
    CHECK(verdict(with([](auto& facts) { facts.gang.reset(); }), kind) == Verdict::not_evaluated);
    Result unknown = in_a_pod();
    unknown.extensions = Json::object();
    CHECK(verdict(unknown, kind) == Verdict::not_evaluated);
  }

  TEST_CASE("the first collective is timed from the submission") {
    const char* kind = "kubernetes_first_collective";
    const Result result = with_collective("2026-11-23T17:40:30.500Z");
    CHECK(verdict(result, kind) == Verdict::pass);
    CHECK(judged(result, requirement(kind)).figures["passed_s"] == doctest::Approx(90.5));
    CHECK(verdict(result, kind, {{"at_most_s", 91}}) == Verdict::pass);
    CHECK(verdict(result, kind, {{"at_most_s", 90}}) == Verdict::fail);
    CHECK(verdict(with_collective("2026-11-23T17:30:00Z"), kind) == Verdict::not_evaluated);
    Result unknown = result;
    unknown.extensions = Json::object();
    CHECK(verdict(unknown, kind) == Verdict::not_evaluated);
  }

  TEST_CASE("driver versions are compared at the precision that both have") {
    const char* kind = "kubernetes_driver_versions";
    CHECK(verdict(in_a_pod(), kind) == Verdict::pass);
    CHECK(verdict(with([](auto& facts) { facts.published["driver"] = "570.10"; }), kind) ==
          Verdict::fail);
    CHECK(verdict(with([](auto& facts) { facts.published.clear(); }), kind) == Verdict::warn);
    Result unknown = in_a_pod();
    unknown.software.erase("driver");
    CHECK(verdict(unknown, kind) == Verdict::not_evaluated);
  }

  TEST_CASE("a document of no pod excludes what applies in Kubernetes") {
    ProfileRequirement asked = requirement("kubernetes_claimed_devices");
    asked.applies_when = {{"in_kubernetes", true}};
    Result result = in_a_pod();
    CHECK(judged(result, asked).verdict == Verdict::pass);
    result.nodes.front().kubernetes.reset();
    CHECK(judged(result, asked).reason_code == "not_applicable");

    Profile profile = small_profile();
    asked.kind = asked.id = "kubernetes_first_collective";
    profile.requirements = {asked};
    Result fabric = result;
    fabric.fabric = FabricFacts{{"node-a", "node-b"}, {"", ""}};
    fabric.nodes.clear();
    for (Measurement& one : fabric.measurements) one.scope.level = "cluster";
    fabric.run.world_size = 2;
    const Evidence evidence{{result, fabric}, &profile, {}};
    CHECK(judged(evidence, asked.id).reason_code == "not_applicable");
  }
}

}  // namespace assay::test
