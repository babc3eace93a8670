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

  TEST_CASE("what a run does not tell of its cluster is said beside a run that tells it") {
    struct Row {
      const char* kind;
      void (*change)(Result&);
      const char* told;
    };
    const auto forget = [](Result& result) { result.extensions = Json::object(); };
    const Row table[] = {
        {"kubernetes_claimed_devices", [](Result& r) { r.nodes[0].kubernetes.reset(); },
         "node-b: no allocated device is known"},
        {"kubernetes_claimed_devices", [](Result& r) { r.nodes[0].kubernetes->allocated.clear(); },
         "node-b: no allocated device is known"},
        {"kubernetes_unclaimed_container", forget,
         "node-b: no container without a claim has looked"},
        {"kubernetes_gang", forget, "node-b: no gang scheduler started its pods"},
        {"kubernetes_driver_versions", [](Result& r) { r.software.erase("driver"); },
         "node-b: driver is not known"},
        {"kubernetes_driver_versions", [](Result& r) { r.software["driver"] = "absent"; },
         "node-b: driver is not known"}};
    for (const Row& row : table) {
      CAPTURE(std::string(row.kind));
      Profile profile = small_profile();
      profile.requirements = {requirement(row.kind)};
      Result other = in_a_pod();
      other.run.id = "run-b";
      other.nodes[0].name = "node-b";
      for (std::size_t i = 0; i < 2; ++i) {
        DeviceFacts& device = other.nodes[0].devices[i];
        device.uuid += "-b";
        other.nodes[0].kubernetes->allocated[i] = device.uuid;
      }
      const auto beside = [&] {
        return judged(Evidence{{in_a_pod(), other}, &profile, {}}, row.kind);
      };
      CHECK(beside().verdict == Verdict::pass);
      row.change(other);
      const RequirementVerdict verdict = beside();
      CHECK(verdict.verdict == Verdict::not_evaluated);
      CHECK(verdict.reason_code == "missing");
      CHECK(verdict.reason == row.told);
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].name == "node-b");
    }
  }

  TEST_CASE("the first collective is the earliest of several ranks and not before the submission") {
    const char* kind = "kubernetes_first_collective";
    const auto told = [&](const Result& result, const Json& parameters = Json::object()) {
      return judged(result, requirement(kind, parameters));
    };
    const RequirementVerdict before = told(with_collective("2026-11-23T17:38:59.9Z"));
    CHECK(before.reason_code == "missing");
    CHECK(before.reason.ends_with(": the clocks of cluster and nodes disagree"));
    CHECK(told(with_collective("2026-11-23T17:39:00Z")).verdict == Verdict::pass);
    CHECK(told(in_a_pod()).reason == "no collective was measured");
    Result unknown = with_collective("2026-11-23T17:40:00Z");
    unknown.extensions = Json::object();
    CHECK(told(unknown).reason == "no document says when the run was submitted");
    Result ranks = in_a_pod();
    ranks.measurements[1].started = "2026-11-23T17:40:00Z";
    ranks.measurements[1].ranks.resize(1);
    CHECK(told(ranks).reason == "no collective was measured");
    ranks.measurements[1].ranks.resize(2);
    CHECK(told(ranks).figures["passed_s"] == 60.0);
    CHECK(told(ranks, {{"at_most_s", 60}}).verdict == Verdict::pass);
    CHECK(told(ranks, {{"at_most_s", 59}}).reason_code == "slow_start");
    ranks.measurements[2].scope.level = "cluster";
    for (const auto& [started, passed_s] :
         {std::pair("2026-11-23T17:39:30Z", 30.0), std::pair("2026-11-23T17:41:30Z", 60.0)}) {
      ranks.measurements[2].started = started;
      CHECK(told(ranks).figures["passed_s"] == passed_s);
    }
  }

  TEST_CASE("a gang may be bound in part for as long as is tolerated and no longer") {
    const auto code = [](double partial_s, const Json& parameters) {
      return judged(with([&](auto& facts) { facts.gang->partial_s = partial_s; }),
                    requirement("kubernetes_gang", parameters))
          .reason_code;
    };
    CHECK(code(10, Json::object()) == "met");
    CHECK(code(10.1, Json::object()) == "partial_gang");
    CHECK(code(20, {{"tolerance_s", 20}}) == "met");
    CHECK(code(20.1, {{"tolerance_s", 20}}) == "partial_gang");
  }

  TEST_CASE("versions agree where their shared parts do") {
    const auto code = [](const char* published, const char* running) {
      Result result = with([&](auto& facts) { facts.published = {{"driver", published}}; });
      result.software["driver"] = running;
      return judged(result, requirement("kubernetes_driver_versions")).reason_code;
    };
    for (const auto& [published, running] :
         {std::pair("580.65.6", "580.65.06"), std::pair("580", "580.65.06"),
          std::pair("580.65.06", "580"), std::pair("580.65.06.1", "580.65.06")})
      CHECK(code(published, running) == "met");
    for (const auto& [published, running] :
         {std::pair("580.65.60", "580.65.06"), std::pair("581", "580.65.06"),
          std::pair("580.66", "580.65.06"), std::pair("", "580.65.06")})
      CHECK(code(published, running) == "version_differs");
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
