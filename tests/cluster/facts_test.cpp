// What the API answered, through the documents, to the verdict: each requirement on a cluster fails
// where its fault is planted in recorded answers.
#include <doctest/doctest.h>

#include "harness/cluster/collect.h"
#include "harness/core/error.h"
#include "tests/cluster/replay.h"
#include "tests/conformance/passing_result.h"
#include "tests/core/scratch_folder.h"

namespace assay::test {

namespace {

using Edit = std::function<void(Json&)>;

Json answer(const std::string& name, const Edit& edit) {
  Json list = parse_json(recorded(name), name);
  for (Json& item : list["items"]) edit(item);
  return list;
}

const Edit kNothing = [](Json&) {};

/// The document of the first pod of a run that ended well, as it is after collection; the run's
/// objects and the published devices are the recorded ones, edited.
Result collected(const Edit& edit_run, const Edit& edit_slices = kNothing) {
  const std::string run = answer("job-completes/run.json", edit_run).dump();
  cluster::Inventory inventory = two_nodes();
  inventory.devices =
      cluster::read_slices(answer("discovery/resourceslices.json", edit_slices).dump()).devices;
  const cluster::Snapshot recorded_run = cluster::read_snapshot(recorded("job-completes/run.json"));
  std::map<std::string, cluster::PodFacts> facts, unedited;
  cluster::remember(cluster::read_snapshot(run), inventory, facts);
  cluster::remember(recorded_run, two_nodes(), unedited);

  // The runtime sees what the unedited claim allocated.
  const std::string pod = recorded_run.pods.front().name;
  Result result = passing_result(small_profile(), "cuda", 2);
  NodeFacts& node = result.nodes.front();
  node.kubernetes = KubernetesFacts{"bench", pod, "", "", {}};
  for (std::size_t i = 0; i < 2; ++i) node.devices[i].uuid = unedited[pod].allocated.at(i);
  result.software["driver"] = "580.65.06";
  result.measurements.front().scope.level = "cluster";
  result.measurements.front().started = "2026-12-31T00:00:00Z";

  const ScratchFolder scratch;
  write_document(to_json(result), DocumentKind::result, scratch.path() / "result.json");
  cluster::stamp_documents(scratch.path(), facts, inventory);
  return read_result(scratch.path() / "result.json");
}

Verdict verdict(const Result& result, const std::string& kind,
                const Json& parameters = Json::object()) {
  const RequirementVerdict judged_one = judged(result, requirement(kind, parameters));
  INFO(judged_one.reason);
  return judged_one.verdict;
}

/// Every claim holds a NIC too.
const Edit kWithNic = [](Json& item) {
  if (item["kind"] != "ResourceClaim") return;
  item["status"]["allocation"]["devices"]["results"].push_back(
      {{"driver", "dra.net"}, {"pool", "node-a"}, {"device", "eth1"}, {"request", "nic"}});
};

/// The container that claims nothing has written this.
Edit last_words(const std::string& text) {
  return [text](Json& item) {
    if (item["kind"] == "Pod")
      item["status"]["initContainerStatuses"] = {
          {{"name", "unclaimed"},
           {"state", {{"terminated", {{"exitCode", 0}, {"message", text}}}}}}};
  };
}

Edit publish_driver(const std::string& version) {
  return [version](Json& slice) {
    for (Json& device : slice["spec"]["devices"])
      device["attributes"]["driverVersion"] = {{"version", version}};
  };
}

/// What is seen of the gang in a minute of a state that does not change, of the objects that have
/// `named` in their names.
GangFacts gang_in(const std::string& situation, const std::string& named = "") {
  class Still : public cluster::Kubectl {
   public:
    explicit Still(Json run) : run_(std::move(run)) {}
    cluster::Answer ask(const cluster::Call& call) override {
      const bool of_run = call.words.at(1) != "events" && call.words.at(2) == "-n";
      return of_run ? cluster::Answer{0, asked_for(call.words, run_), ""}
                    : cluster::Answer{1, "", "not recorded\n"};
    }

   private:
    Json run_;
  };
  Json run = parse_json(recorded(situation + "/run.json"), situation);
  std::erase_if(run["items"].get_ref<Json::array_t&>(), [&](const Json& item) {
    return item["metadata"]["name"].get<std::string>().find(named) == std::string::npos;
  });
  Still kubectl(std::move(run));
  double now_s = 0;
  cluster::Pace pace;
  pace.now_s = [&] { return now_s; };
  pace.sleep_s = [&](double seconds) { now_s += seconds; };
  pace.stopped = [] { return false; };
  pace.say = [](const std::string&) {};
  pace.deadline_s = 60;
  cluster::Memory memory;
  memory.gang = GangFacts{"kueue", 2, 0};
  cluster::Inventory inventory = two_nodes();
  inventory.api_versions = {"scheduling.k8s.io/v1alpha2", "kueue.x-k8s.io/v1beta2"};
  CHECK_THROWS_AS(cluster::wait_until_running(kubectl, {"bench", "r1"}, 2, inventory, pace, memory),
                  Error);
  return *memory.gang;
}

Verdict verdict_of_gang(double partial_s) {
  Result result = collected(kNothing);
  ClusterFacts facts = *cluster_facts(result);
  facts.gang = GangFacts{"kueue", 2, partial_s};
  set_cluster_facts(facts, result);
  return verdict(result, "kubernetes_gang");
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a claim whose devices the runtime does not see fails") {
    CHECK(verdict(collected(kNothing), "kubernetes_claimed_devices") == Verdict::pass);
    const Result other = collected([](Json& item) {
      if (item["kind"] == "ResourceClaim")
        item["status"]["allocation"]["devices"]["results"][0]["device"] = "gpu-7";
    });
    CHECK(verdict(other, "kubernetes_claimed_devices") == Verdict::fail);
  }

  TEST_CASE("a NIC of the claim is no accelerator that the runtime should see") {
    CHECK(verdict(collected(kWithNic), "kubernetes_claimed_devices") == Verdict::pass);
  }

  TEST_CASE("where the NIC of a claim is comes from what the claim asks and the slices publish") {
    const auto publish = [](const char* elsewhere) {
      return [=](Json& slice) {
        for (Json& device : slice["spec"]["devices"])
          device["attributes"]["resource.kubernetes.io/pcieRoot"] = {
              {"string", device["name"] == "gpu-7" ? elsewhere : "pci0"}};
      };
    };
    const auto with_nic = [](const char* attribute) {
      return [=](Json& item) {
        if (item["kind"] != "ResourceClaim") return;
        Json& results = item["status"]["allocation"]["devices"]["results"];
        Json nic = results[0];
        nic["device"] = "gpu-7";
        nic["request"] = "nic";
        results.push_back(nic);
        item["spec"]["devices"]["constraints"] = {{{"matchAttribute", attribute}}};
      };
    };
    const char* root = "resource.kubernetes.io/pcieRoot";
    const auto aligned = cluster_facts(collected(with_nic(root), publish("pci0")))->alignment;
    REQUIRE(aligned);
    CHECK(aligned->asked == "pcieRoot");
    CHECK(aligned->shared == std::vector<std::string>{"pcieRoot"});
    CHECK(aligned->apart.empty());
    const auto apart = cluster_facts(collected(with_nic("other/key"), publish("pci1")))->alignment;
    REQUIRE(apart);
    CHECK(apart->asked == "none");
    CHECK(apart->apart == std::vector<std::string>{"pcieRoot"});
    CHECK_FALSE(cluster_facts(collected(kNothing, publish("pci0")))->alignment);
  }

  TEST_CASE("each NIC of a claim is looked at beside the accelerators of its own pair") {
    const auto roots = [](Json& slice) {
      for (Json& device : slice["spec"]["devices"]) {
        const std::string name = device["name"];
        device["attributes"]["resource.kubernetes.io/pcieRoot"] = {
            {"string", "pci" + std::to_string((name.back() - '0') % 2)}};
      }
    };
    // Two accelerators of different roots, and gpu-6 and gpu-7 as NICs.
    const auto claim = [](const std::vector<std::string>& requests) {
      return [=](Json& item) {
        if (item["kind"] != "ResourceClaim") return;
        Json& results = item["status"]["allocation"]["devices"]["results"];
        results.push_back(results[0]), results.push_back(results[0]);
        const char* devices[] = {"gpu-0", "gpu-1", "gpu-6", "gpu-7"};
        for (std::size_t i = 0; i < 4; ++i)
          results[i]["device"] = devices[i], results[i]["request"] = requests[i];
      };
    };
    const auto shared = [&](const std::vector<std::string>& requests) {
      return cluster_facts(collected(claim(requests), roots))->alignment->shared.size();
    };
    CHECK(shared({"accelerator-0", "accelerator-1", "nic-0", "nic-1"}) == 1);
    CHECK(shared({"accelerator-0", "accelerator-1", "nic-1", "nic-0"}) == 0);
    CHECK(shared({"accelerator", "accelerator", "nic", "nic"}) == 1);  // by chance
    CHECK(shared({"accelerator", "nic", "nic", "nic"}) == 0);
    CHECK(cluster_facts(collected(claim({"gpu", "gpu", "nic-0", "nic-1"}), roots))->alignment);
  }

  TEST_CASE("an accelerator in a container that claims none fails isolation") {
    const char* kind = "kubernetes_unclaimed_container";
    CHECK(verdict(collected(last_words("none\n")), kind) == Verdict::pass);
    CHECK(verdict(collected(last_words("/dev/nvidia0\n")), kind) == Verdict::fail);
    CHECK(verdict(collected(kNothing), kind) == Verdict::not_evaluated);
  }

  TEST_CASE("a driver of another version than the slices publish fails") {
    const char* kind = "kubernetes_driver_versions";
    CHECK(verdict(collected(kNothing, publish_driver("580.65.6")), kind) == Verdict::pass);
    CHECK(verdict(collected(kNothing, publish_driver("570.1")), kind) == Verdict::fail);
  }

  TEST_CASE("the submission is the time at which the API server took the Job") {
    const char* kind = "kubernetes_first_collective";
    CHECK(verdict(collected(kNothing), kind, {{"at_most_s", 60}}) == Verdict::fail);
    const Result late = collected([](Json& item) {
      if (item["kind"] == "Job") item["metadata"]["creationTimestamp"] = "2026-12-30T23:59:30Z";
    });
    CHECK(verdict(late, kind, {{"at_most_s", 60}}) == Verdict::pass);
  }

  TEST_CASE("facts of a cluster that have another form are written to no document") {
    Result result = collected(kNothing);
    const ScratchFolder scratch;
    const auto write = [&] {
      write_document(to_json(result), DocumentKind::result, scratch.path() / "result.json");
    };
    write();
    result.extensions["kubernetes"]["gang"] = {{"scheduler", "kueue"}, {"pods", 2}};
    CHECK_THROWS_WITH_AS(write(), doctest::Contains("partial_s"), Error);
    result.extensions["kubernetes"] = {{"gangs", 1}};
    CHECK_THROWS_WITH_AS(write(), doctest::Contains("gangs"), Error);
  }

  TEST_CASE("a pod that runs while the rest waits is no gang and one that waits whole is") {
    const GangFacts partial = gang_in("no-gang-partial-start");
    CHECK(partial.partial_s > 30);
    CHECK(partial.held_back_s == 0);
    CHECK(verdict_of_gang(partial.partial_s) == Verdict::fail);
    CHECK(gang_in("gang-native-short").partial_s == 0);
    CHECK(verdict_of_gang(0) == Verdict::pass);
  }

  TEST_CASE(
      "a gang is held back whole only where some of its pods would fit or its quota is short") {
    CHECK(gang_in("gang-native-devices-short").held_back_s > 30);
    CHECK(gang_in("kueue-second-waits", "two").held_back_s > 30);
    CHECK(gang_in("gang-native-two-contend").held_back_s == 0);
    Result result = collected(kNothing);
    ClusterFacts facts = *cluster_facts(result);
    facts.gang = GangFacts{"kueue", 2, 0, 64};
    set_cluster_facts(facts, result);
    CHECK(cluster_facts(result)->gang->held_back_s == 64);
  }
}

}  // namespace assay::test
