// The requirements on what a run tried of its cluster: each passes, and each of its reasons at the
// edge of its limit.
#include <doctest/doctest.h>

#include <functional>

#include "harness/core/cluster_facts.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

/// The verdict on a run whose cluster facts are those that `change` leaves.
template <class Facts>
RequirementVerdict verdict_on(const char* kind, void (*put)(const Facts&, ClusterFacts&),
                              Facts facts, const std::function<void(Facts&)>& change) {
  change(facts);
  ClusterFacts all;
  put(facts, all);
  Result result = passing_result(small_profile(), "cuda", 1);
  set_cluster_facts(all, result);
  return judged(result, requirement(kind));
}

RequirementVerdict gangs(const std::function<void(GangContentionFacts&)>& change) {
  return verdict_on<GangContentionFacts>(
      "kubernetes_gang_contention",
      [](const GangContentionFacts& facts, ClusterFacts& all) { all.gang_contention = facts; },
      {"kueue", 2, 10, 0, 10, 3, 4}, change);
}

RequirementVerdict webhook(const std::function<void(WebhookFacts&)>& change) {
  return verdict_on<WebhookFacts>(
      "kubernetes_webhook",
      [](const WebhookFacts& facts, ClusterFacts& all) { all.webhooks = {facts}; },
      {"jobsets.jobset.x-k8s.io", true, "", "vjobset.kb.io", "denied"}, change);
}

RequirementVerdict scaling(const std::function<void(AutoscalingFacts&)>& change) {
  return verdict_on<AutoscalingFacts>(
      "kubernetes_autoscaling",
      [](const AutoscalingFacts& facts, ClusterFacts& all) { all.autoscaling = facts; },
      {"karpenter", 2, 3, {"node-new"}, 300, 60, 90}, change);
}

/// One device whose utilization and memory follow its load.
ExportedDevice followed(const Result& result) {
  const NodeFacts& node = result.nodes.front();
  return {node.devices.front().uuid, node.name, "gpu_util", "memory_used", {1, 31, 16}, {0, 10, 5}};
}

RequirementVerdict metrics(const std::function<void(ExporterFacts&, Result&)>& change) {
  Result result = passing_result(small_profile(), "cuda", 1);
  NodeFacts& node = result.nodes.front();
  node.kubernetes =
      KubernetesFacts{"bench", "assay-0", "sha256:00", "claim", {node.devices.front().uuid}};
  ClusterFacts all;
  all.exporter = ExporterFacts{"dcgm-exporter", 3, {followed(result)}, {}};
  change(*all.exporter, result);
  set_cluster_facts(all, result);
  return judged(result, requirement("kubernetes_exported_metrics"));
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the profile says how long gangs are held back and may be bound in part") {
    const auto code = [](const Json& parameters) {
      ClusterFacts all;
      all.gang_contention = GangContentionFacts{"kueue", 2, 10, 0, 10, 3, 4};
      Result result = passing_result(small_profile(), "cuda", 1);
      set_cluster_facts(all, result);
      return judged(result, requirement("kubernetes_gang_contention", parameters)).reason_code;
    };
    CHECK(code({{"window_s", 10}, {"tolerance_s", 10}}) == "met");
    CHECK(code({{"window_s", 11}}) == "missing");
    CHECK(code({{"tolerance_s", 9}}) == "partial_gang");
  }

  TEST_CASE("what a probe of the cluster found is said of whom and in words") {
    const auto check = [](const RequirementVerdict& verdict, const char* told,
                          const char* subject) {
      CHECK(verdict.reason == told);
      REQUIRE(verdict.subjects.size() == 1);
      CHECK(verdict.subjects[0].kind == "fabric");
      CHECK(verdict.subjects[0].name == subject);
    };
    using Gangs = GangContentionFacts;
    check(gangs([](Gangs& f) { f.bound_early = 1; }),
          "kueue bound 1 of a gang's 2 pods while there was no room for all of them",
          "gangs of kueue");
    check(gangs([](Gangs& f) { f.window_s = 9; }),
          "gangs of 2 pods were held back for 9 s: at least 2 pods and 10 s are needed, so that "
          "pods bound one by one would show",
          "gangs of kueue");
    check(gangs([](Gangs& f) { f.partial_s = 11; }),
          "kueue: for 11 s a gang was bound in part while another wanted its nodes",
          "gangs of kueue");
    using Scaling = AutoscalingFacts;
    check(scaling([](Scaling& f) { f.added.clear(); }),
          "3 pods on 2 free nodes: all were bound without a new node: others freed theirs",
          "karpenter");
    check(scaling([](Scaling& f) { f.bound_s.reset(); }),
          "3 pods on 2 free nodes: node-new came, and pods still wait after 300 s", "karpenter");
    check(scaling([](Scaling& f) { f.removed_s.reset(); }),
          "node-new stayed though nobody needs them", "karpenter");
    check(webhook([](WebhookFacts& f) { f.denied_by = f.bad_answer = ""; }),
          "jobsets.jobset.x-k8s.io: a bad resource was taken: no webhook looks at it",
          "jobsets.jobset.x-k8s.io");
    check(webhook([](WebhookFacts& f) { f.denied_by = ""; }),
          "jobsets.jobset.x-k8s.io: a bad resource was refused, but by no webhook: denied",
          "jobsets.jobset.x-k8s.io");
  }

  TEST_CASE("gangs are held back whole for long enough and start one after the other") {
    using Facts = GangContentionFacts;
    CHECK(gangs([](Facts&) {}).verdict == Verdict::pass);
    const auto reason = [](const std::function<void(Facts&)>& change) {
      return gangs(change).reason_code;
    };
    CHECK(reason([](Facts& f) { f.bound_early = 1; }) == "partial_gang");
    CHECK(reason([](Facts& f) { f.window_s = 9.9; }) == "missing");
    CHECK(reason([](Facts& f) { f.pods = 1; }) == "missing");
    CHECK(reason([](Facts& f) { f.partial_s = 10.1; }) == "partial_gang");
    CHECK(reason([](Facts& f) { f.first_s.reset(); }) == "gang_deadlock");
    CHECK(reason([](Facts& f) { f.second_s.reset(); }) == "gang_starved");
    CHECK(judged(passing_result(small_profile(), "cuda", 1),
                 requirement("kubernetes_gang_contention"))
              .verdict == Verdict::not_evaluated);
  }

  TEST_CASE("a webhook takes what is good and refuses what is bad by itself") {
    using Facts = WebhookFacts;
    CHECK(webhook([](Facts&) {}).verdict == Verdict::pass);
    const RequirementVerdict refused = webhook([](Facts& f) {
      f.good_taken = false;
      f.good_answer = "no endpoints";
    });
    CHECK(refused.verdict == Verdict::fail);
    CHECK(refused.reason_code == "good_refused");
    CHECK(refused.reason.find("no endpoints") != std::string::npos);
    CHECK(webhook([](Facts& f) { f.denied_by = f.bad_answer = ""; }).reason_code == "bad_taken");
    const RequirementVerdict by_schema = webhook([](Facts& f) { f.denied_by = ""; });
    CHECK(by_schema.verdict == Verdict::fail);
    CHECK(by_schema.reason_code == "not_by_webhook");
  }

  TEST_CASE("nodes come for claims that wait and go when nobody needs them") {
    using Facts = AutoscalingFacts;
    CHECK(scaling([](Facts&) {}).verdict == Verdict::pass);
    const auto none_came = [](Facts& f) {
      f.added.clear();
      f.bound_s.reset();
    };
    CHECK(scaling(none_came).reason_code == "not_scaled_up");
    const RequirementVerdict without = scaling([&](Facts& f) {
      none_came(f);
      f.autoscaler = "";
    });
    CHECK(without.verdict == Verdict::not_evaluated);
    CHECK(without.reason_code == "not_applicable");
    CHECK(scaling([](Facts& f) { f.added.clear(); }).reason_code == "missing");
    CHECK(scaling([](Facts& f) { f.bound_s.reset(); }).reason_code == "still_pending");
    CHECK(scaling([](Facts& f) { f.removed_s.reset(); }).reason_code == "not_scaled_down");
  }

  TEST_CASE("the metrics of a claimed device rise by enough under load and fall by half after it") {
    using Facts = ExporterFacts;
    CHECK(metrics([](Facts&, Result&) {}).verdict == Verdict::pass);
    const auto reason = [](const std::function<void(ExportedDevice&)>& change) {
      return metrics([&](Facts& f, Result&) { change(f.devices.front()); }).reason_code;
    };
    CHECK(reason([](auto& one) { one.utilization = {1, 30.9, 1}; }) == "does_not_rise");
    CHECK(reason([](auto& one) { one.utilization = {0.01, 0.31, 0.16}; }) == "met");  // a fraction
    CHECK(reason([](auto& one) { one.utilization = {0.01, 0.3, 0.01}; }) == "does_not_rise");
    CHECK(reason([](auto& one) { one.utilization = {1, 31, 16.1}; }) == "does_not_fall");
    CHECK(reason([](auto& one) { one.utilization = {50, 90, 50}; }) == "met");
    CHECK(reason([](auto& one) { one.utilization = {50.1, 90, 50}; }) == "missing");
    CHECK(reason([](auto& one) { one.memory = {5, 5, 5}; }) == "does_not_rise");
    CHECK(reason([](auto& one) { one.memory = {0, 10, 5.1}; }) == "does_not_fall");
    CHECK(reason([](auto& one) { one.memory.clear(); }) == "no_core_metric");
    CHECK(reason([](auto& one) { one.utilization.clear(); }) == "no_core_metric");
    CHECK(reason([](auto& one) { one.device = "GPU-of-another"; }) == "not_exported");
    CHECK(reason([](auto& one) { one.node = "another"; }) == "not_exported");
  }

  TEST_CASE("metrics that nobody read or nothing loaded are not judged") {
    using Facts = ExporterFacts;
    CHECK(metrics([](Facts& f, Result&) { f.scrapes = 0; }).reason_code == "missing");
    CHECK(metrics([](Facts&, Result& r) {
            r.nodes.front().kubernetes->allocated.clear();
          }).reason_code == "missing");
    const RequirementVerdict idle = metrics([](Facts&, Result& r) { r.measurements.clear(); });
    CHECK(idle.verdict == Verdict::not_evaluated);
    CHECK(idle.reason.find("no GEMM loaded") != std::string::npos);
    const RequirementVerdict faulty = metrics([](Facts& f, Result&) {
      f.devices.clear();
      f.faults = {"its text ends early"};
    });
    CHECK(faulty.verdict == Verdict::fail);
    CHECK(faulty.reason.find("its text ends early") != std::string::npos);
  }
}

}  // namespace assay::test
