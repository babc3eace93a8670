// Gangs that contend, on a cluster whose objects are recorded ones and whose scheduler may be bad.
#include "harness/cluster/gang_contention.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "harness/core/error.h"
#include "tests/cluster/replay.h"
#include "tests/conformance/passing_result.h"

namespace assay::test {

namespace {

enum class Scheduler { gang, one_by_one, forgetful, slow };

/// Two nodes. What is applied becomes a Job and pods like those that were recorded; a pod is bound
/// to a node that no other pod has, as the manifests' anti-affinity and the claims of all devices
/// want.
class PaperCluster : public KubectlOnPaper {
 public:
  explicit PaperCluster(Scheduler scheduler) : scheduler_(scheduler) {
    const Json list = parse_json(recorded("no-gang-partial-start/run.json"), "recorded");
    for (const Json& item : list["items"]) {
      if (item["kind"] == "Job") job_ = item;
      if (item["kind"] != "Pod") continue;
      (item["spec"].contains("nodeName") ? bound_ : waiting_) = item;
    }
  }

  cluster::Answer ask(const cluster::Call& call) override {
    const std::string line = keep(call);
    const std::string& verb = call.words.front();
    if (verb == "apply") return apply(call.words.at(2));
    if (verb == "delete") return remove(after(line, "assay.io/run="));
    if (line.starts_with("get nodes")) return {0, recorded("discovery/nodes.json"), ""};
    if (line.starts_with("get resourceslices"))
      return {0, recorded("discovery/resourceslices.json"), ""};
    if (line.starts_with("get resourceclaims")) return {0, R"({"items": []})", ""};
    if (line.starts_with("get events")) return {1, "", "not recorded\n"};
    schedule();
    return {0, asked_for(call.words, Json{{"items", objects(after(line, "assay.io/run="))}}), ""};
  }

  std::size_t left() const { return runs_.size(); }

 private:
  struct Run {
    std::string id;
    std::size_t pods;
    std::vector<std::string> nodes;
  };

  static std::string after(const std::string& text, const std::string& mark) {
    const std::size_t at = text.find(mark);
    if (at == std::string::npos) return "";
    const std::size_t from = at + mark.size();
    return text.substr(from, text.find_first_of(" \"\n", from) - from);
  }

  cluster::Answer apply(const std::string& folder) {
    const std::string kustomization = read_text(folder + "/kustomization.yaml");
    CHECK(kustomization.find("components/idle") != std::string::npos);
    CHECK(kustomization.find("components/hosts") != std::string::npos);
    const std::string pods = after(read_text(folder + "/parameters.yaml"), "nodes: \"");
    runs_.push_back({after(kustomization, "assay.io/run: \""), std::stoul(pods), {}});
    return {};
  }

  cluster::Answer remove(const std::string& run) {
    std::erase_if(runs_, [&](const Run& one) { return one.id == run; });
    ++ended_;
    freed_s_ = now_s;
    return {};
  }

  std::vector<std::string> free_nodes() const {
    std::vector<std::string> nodes = {"node-a", "node-b"};
    for (const Run& run : runs_)
      for (const std::string& taken : run.nodes) std::erase(nodes, taken);
    return nodes;
  }

  /// In turns, one pod of each run: so that without gangs both get a part.
  void schedule() {
    if (scheduler_ == Scheduler::forgetful && ended_ >= 2) return;
    for (std::size_t round = 0; round < 2; ++round)
      for (Run& run : runs_) bind_one(run);
  }

  void bind_one(Run& run) {
    const std::vector<std::string> free = free_nodes();
    const std::size_t missing = run.pods - run.nodes.size();
    const bool whole = scheduler_ == Scheduler::gang || scheduler_ == Scheduler::forgetful ||
                       (scheduler_ == Scheduler::slow && run.nodes.empty());
    if (missing == 0 || free.empty() || (whole && free.size() < missing)) return;
    if (scheduler_ == Scheduler::slow) {  // the rest follows after a minute
      if (!run.nodes.empty() && now_s - freed_s_ < 60) return;
      run.nodes.push_back(free.front());
    } else {
      const std::size_t count = whole ? missing : 1;
      run.nodes.insert(run.nodes.end(), free.begin(), free.begin() + static_cast<long>(count));
    }
  }

  Json objects(const std::string& wanted) const {
    Json items = Json::array();
    for (const Run& run : runs_) {
      if (!wanted.empty() && run.id != wanted) continue;
      items.push_back(labelled(job_, run.id, "assay-" + run.id));
      for (std::size_t rank = 0; rank < run.pods; ++rank) {
        const bool bound = rank < run.nodes.size();
        Json pod = labelled(bound ? bound_ : waiting_, run.id,
                            "assay-" + run.id + "-" + std::to_string(rank));
        if (bound) pod["spec"]["nodeName"] = run.nodes[rank];
        items.push_back(pod);
      }
    }
    return items;
  }

  static Json labelled(Json object, const std::string& run, const std::string& name) {
    object["metadata"]["name"] = name;
    object["metadata"]["labels"]["assay.io/run"] = run;
    return object;
  }

  const Scheduler scheduler_;
  Json job_, bound_, waiting_;
  std::vector<Run> runs_;
  int ended_ = 0;
  double freed_s_ = 0;
};

cluster::Plan two_node_plan() {
  cluster::Plan plan;
  plan.wishes.nodes = 2;
  plan.wishes.name_space = "bench";
  plan.wishes.image = "registry.example/assay:1";
  plan.gang = "native";
  plan.allocation = "dra";
  plan.device_class = "gpu.example.com";
  plan.devices = 8;
  return plan;
}

GangContentionFacts contended(Scheduler scheduler) {
  PaperCluster kubectl(scheduler);
  const GangContentionFacts facts =
      cluster::contend_for_nodes(kubectl, two_node_plan(), two_nodes(), kubectl.pace(3600), 30);
  CHECK(kubectl.left() == 0);
  return facts;
}

RequirementVerdict verdict_on(const GangContentionFacts& facts) {
  Result result = passing_result(small_profile(), "cuda", 2);
  ClusterFacts all;
  all.gang_contention = facts;
  set_cluster_facts(all, result);
  return judged(result, requirement("kubernetes_gang_contention"));
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("gangs that are held back whole and take turns pass") {
    const GangContentionFacts facts = contended(Scheduler::gang);
    CHECK(facts.pods == 2);
    CHECK(facts.window_s >= 30);
    CHECK(facts.bound_early == 0);
    CHECK(facts.first_s.has_value());
    CHECK(facts.second_s.has_value());
    CHECK(verdict_on(facts).verdict == Verdict::pass);
  }

  TEST_CASE("a scheduler that binds what fits of a gang fails") {
    const GangContentionFacts facts = contended(Scheduler::one_by_one);
    CHECK(facts.bound_early == 1);
    const RequirementVerdict verdict = verdict_on(facts);
    CHECK(verdict.verdict == Verdict::fail);
    CHECK(verdict.reason_code == "partial_gang");
  }

  TEST_CASE("a gang that does not start when the first has ended fails") {
    const RequirementVerdict verdict = verdict_on(contended(Scheduler::forgetful));
    CHECK(verdict.reason_code == "gang_starved");
  }

  TEST_CASE("a gang that is bound in part for a minute fails") {
    const GangContentionFacts facts = contended(Scheduler::slow);
    CHECK(facts.bound_early == 0);
    CHECK(facts.partial_s > 30);
    CHECK(verdict_on(facts).reason_code == "partial_gang");
  }

  TEST_CASE("a window that nobody could fail in is no evidence of a gang") {
    GangContentionFacts facts{"native", 2, 4, 0, 0, 5.0, 5.0};
    CHECK(verdict_on(facts).verdict == Verdict::not_evaluated);
    facts.window_s = 30;
    CHECK(verdict_on(facts).verdict == Verdict::pass);
    facts.first_s.reset();
    CHECK(verdict_on(facts).reason_code == "gang_deadlock");
    CHECK(judged(passing_result(small_profile(), "cuda", 2),
                 requirement("kubernetes_gang_contention"))
              .verdict == Verdict::not_evaluated);
  }

  TEST_CASE("gangs cannot contend for fewer free nodes than they have pods") {
    PaperCluster kubectl(Scheduler::gang);
    cluster::Plan plan = two_node_plan();
    plan.wishes.nodes = 3;
    CHECK_THROWS_WITH_AS(
        cluster::contend_for_nodes(kubectl, plan, two_nodes(), kubectl.pace(3600), 30),
        doctest::Contains("3 nodes with 8 free devices are needed"), Error);
    CHECK(kubectl.left() == 0);
  }

  TEST_CASE("a stop in the middle of a contention leaves nothing") {
    PaperCluster kubectl(Scheduler::gang);
    cluster::Pace pace = kubectl.pace(3600);
    pace.stopped = [&] { return kubectl.now_s > 20; };
    CHECK_THROWS_AS(cluster::contend_for_nodes(kubectl, two_node_plan(), two_nodes(), pace, 30),
                    Error);
    CHECK(kubectl.left() == 0);
  }
}

}  // namespace assay::test
