// Pending claims on a cluster that adds a node, or does not, or never takes it away again.
#include "harness/cluster/autoscaling.h"

#include <doctest/doctest.h>

#include "harness/core/error.h"
#include "tests/cluster/replay.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

/// Two recorded nodes, and a third for as long as it is said.
class ElasticCluster : public KubectlOnPaper {
 public:
  double comes_after_s = 60, goes_after_s = 600;  // from the apply, and from the delete
  bool has_sign = true, fits = true, may_look = true, makes_pods = true;
  std::string events = R"({"items": []})";
  double busy_from_s = -1, busy_until_s = -1;  // the API server lists no nodes

  ElasticCluster() {
    const Json list = parse_json(recorded("no-gang-partial-start/run.json"), "recorded");
    for (const Json& item : list["items"])
      if (item["kind"] == "Pod") (item["spec"].contains("nodeName") ? bound_ : waiting_) = item;
  }

  cluster::Answer ask(const cluster::Call& call) override {
    const std::string line = keep(call);
    if (line.starts_with("apply")) applied_s_ = now_s;
    if (line.starts_with("delete")) deleted_s_ = now_s;
    if (line.starts_with("get nodes") && now_s >= busy_from_s && now_s < busy_until_s)
      return {1, "", "Error from server (TooManyRequests): please try again later\n"};
    if (line.starts_with("get nodes")) return {0, nodes(), ""};
    if (line.starts_with("get configmap") && !may_look)
      return {1, "", "Error from server (Forbidden): configmaps is forbidden\n"};
    if (line.starts_with("get events")) return {0, events, ""};
    if (line.starts_with("get configmap"))
      return has_sign ? cluster::Answer{0, "configmap/cluster-autoscaler-status\n", ""}
                      : cluster::Answer{1, "", "Error from server (NotFound)\n"};
    if (line.starts_with("get resourceslices"))
      return {0, recorded("discovery/resourceslices.json"), ""};
    if (line.find("assay.io/run=") != std::string::npos)
      return {0, asked_for(call.words, Json{{"items", pods()}}), ""};
    return {0, R"({"items": []})", ""};
  }

 private:
  bool is_big() const {
    if (applied_s_ < 0 || now_s - applied_s_ < comes_after_s) return false;
    return deleted_s_ < 0 || now_s - deleted_s_ < goes_after_s;
  }

  std::string nodes() const {
    Json list = parse_json(recorded("discovery/nodes.json"), "nodes");
    Json third = list["items"][0];
    third["metadata"]["name"] = "node-c";
    if (is_big()) list["items"].push_back(third);
    return list.dump();
  }

  Json pods() const {
    Json items = Json::array();
    if (deleted_s_ >= 0 || !makes_pods) return items;
    for (int rank = 0; rank < 3; ++rank) {
      const bool bound = rank < 2 || (is_big() && fits);
      Json pod = bound ? bound_ : waiting_;
      pod["metadata"]["name"] = "assay-" + std::to_string(rank);
      items.push_back(pod);
    }
    return items;
  }

  Json bound_, waiting_;
  double applied_s_ = -1, deleted_s_ = -1;
};

RequirementVerdict verdict_on(ElasticCluster& kubectl) {
  cluster::Plan plan;
  plan.wishes.name_space = "bench";
  plan.wishes.image = "registry.example/assay:1";
  plan.gang = "kueue";
  plan.queue = "bench-lq";
  plan.allocation = "dra";
  plan.device_class = "gpu.example.com";
  plan.devices = 8;
  ClusterFacts facts;
  facts.autoscaling = cluster::scale_by_claims(kubectl, plan, two_nodes(), kubectl.pace(3600));
  CHECK(facts.autoscaling->pods == 3);
  Result result = passing_result(small_profile(), "cuda", 2);
  set_cluster_facts(facts, result);
  return judged(result, requirement("kubernetes_autoscaling"));
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a node that comes for a pending claim and goes after it passes") {
    ElasticCluster kubectl;
    CHECK(verdict_on(kubectl).verdict == Verdict::pass);
  }

  TEST_CASE("an API server that is busy while a node comes or goes ends no probe") {
    ElasticCluster coming;
    coming.busy_from_s = 10, coming.busy_until_s = 50;
    CHECK(verdict_on(coming).verdict == Verdict::pass);
    ElasticCluster going;
    going.busy_from_s = 100, going.busy_until_s = 300;
    CHECK(verdict_on(going).verdict == Verdict::pass);
    ElasticCluster closed;
    closed.comes_after_s = 1e9;
    closed.busy_from_s = 10, closed.busy_until_s = 1e9;
    CHECK_THROWS_WITH_AS(verdict_on(closed), doctest::Contains("please try again later"), Error);
  }

  TEST_CASE("an autoscaler that brings no node fails and none at all does not apply") {
    ElasticCluster kubectl;
    kubectl.comes_after_s = 1e9;
    CHECK(verdict_on(kubectl).reason_code == "not_scaled_up");
    ElasticCluster fixed;
    fixed.comes_after_s = 1e9;
    fixed.has_sign = false;
    const RequirementVerdict verdict = verdict_on(fixed);
    CHECK(verdict.reason_code == "not_applicable");
    CHECK(verdict.reason.find("no autoscaler") != std::string::npos);
    CHECK(fixed.now_s < 300);
  }

  TEST_CASE("a managed autoscaler that leaves no sign is seen by its node") {
    ElasticCluster kubectl;
    kubectl.has_sign = false;
    CHECK(verdict_on(kubectl).verdict == Verdict::pass);
  }

  TEST_CASE("an autoscaler without a sign of its own is seen by its events on the waiting pods") {
    ElasticCluster kubectl;
    kubectl.comes_after_s = 1e9;
    kubectl.has_sign = false;
    kubectl.events =
        R"({"items": [{"reason": "NotTriggerScaleUp", "message": "pod didn't trigger scale-up",
            "involvedObject": {"kind": "Pod", "name": "assay-2"}}]})";
    CHECK(verdict_on(kubectl).reason_code == "not_scaled_up");
    CHECK(kubectl.now_s > 600);
    ElasticCluster other;
    other.comes_after_s = 1e9;
    other.has_sign = false;
    other.events =
        R"({"items": [{"reason": "NotTriggerScaleUp", "message": "",
            "involvedObject": {"kind": "Pod", "name": "of-another-run"}}]})";
    CHECK(verdict_on(other).reason_code == "not_applicable");
  }

  TEST_CASE("nothing is said of an autoscaler that was not asked or may not be looked for") {
    ElasticCluster held;
    held.comes_after_s = 1e9;
    held.has_sign = false;
    held.makes_pods = false;
    CHECK_THROWS_WITH_AS(verdict_on(held), doctest::Contains("no pod of it waited for a node"),
                         Error);
    ElasticCluster closed;
    closed.may_look = false;
    CHECK_THROWS_WITH_AS(verdict_on(closed), doctest::Contains("cannot be looked for"), Error);
  }

  TEST_CASE("a node that takes no pod and one that stays fail") {
    ElasticCluster other;
    other.fits = false;
    CHECK(verdict_on(other).reason_code == "still_pending");
    ElasticCluster greedy;
    greedy.goes_after_s = 1e9;
    CHECK(verdict_on(greedy).reason_code == "not_scaled_down");
  }
}

}  // namespace assay::test
