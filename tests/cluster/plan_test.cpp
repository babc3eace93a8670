// What the plan chooses, and what it refuses before anything is applied.
#include "harness/cluster/plan.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

#include "harness/cluster/folder.h"
#include "harness/core/error.h"
#include "tests/cluster/recordings.h"
#include "tests/core/scratch_folder.h"

namespace assay::test {

namespace {

cluster::Wishes wishes(int nodes = 2) {
  cluster::Wishes wanted;
  wanted.profile = "quick";
  wanted.image = "registry.example/assay:1";
  wanted.name_space = "bench";
  wanted.nodes = nodes;
  return wanted;
}

std::vector<std::string> lines_of(const std::string& name) {
  std::istringstream text(recorded(name));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::string faults(const cluster::Wishes& wanted, const cluster::Inventory& inventory) {
  return fmt::format("{}", fmt::join(cluster::make_plan(wanted, inventory, "r1").faults, "; "));
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a cluster with a driver is claimed from and one without is not") {
    const cluster::Plan with = cluster::make_plan(wishes(), two_nodes(), "r1");
    CHECK(with.allocation == "dra");
    CHECK(with.device_class == "gpu.example.com");
    CHECK(with.devices == 8);
    CHECK(with.faults.empty());
    cluster::Inventory bare = two_nodes();
    bare.devices.clear();
    CHECK(cluster::make_plan(wishes(), bare, "r1").allocation == "none");
  }

  TEST_CASE("a quota that is too small is told before anything is applied") {
    const auto told = [](const char* situation) {
      cluster::Inventory inventory = two_nodes();
      inventory.quotas = cluster::read_quotas(recorded(std::string(situation) + "/quota.json"));
      REQUIRE(inventory.quotas.size() == 1);
      return faults(wishes(), inventory);
    };
    CHECK(told("quota-pods") ==
          "the namespace's quota limits is too small: it allows pods=1, 1 is used and 2 more is "
          "needed");
    CHECK(has(told("quota-claims"), "allows count/resourceclaims.resource.k8s.io=1, 1 is used"));
    CHECK(has(told("quota-devices"), "devices=2, 2 is used and 16 more is needed"));
    cluster::Inventory roomy = two_nodes();
    roomy.quotas = {{"limits", {{"pods", "3"}, {"requests.cpu", "1"}}, {{"pods", "1"}}}};
    CHECK(faults(wishes(), roomy).empty());
    roomy.quotas.front().used["pods"] = "2";
    CHECK(has(faults(wishes(), roomy), "allows pods=3, 2 is used"));
  }

  TEST_CASE("the gang is chosen by what is served and by the queues of the namespace") {
    cluster::Inventory inventory = two_nodes();
    CHECK(cluster::make_plan(wishes(), inventory, "r1").gang == "none");
    inventory.api_versions = lines_of("discovery/api-versions-gang.txt");
    CHECK(cluster::make_plan(wishes(), inventory, "r1").gang == "native");
    CHECK(cluster::make_plan(wishes(1), inventory, "r1").gang == "none");
    inventory.api_versions = lines_of("discovery/api-versions-kueue.txt");
    inventory.queues = cluster::read_queues(recorded("discovery/localqueues.json"));
    const cluster::Plan plan = cluster::make_plan(wishes(), inventory, "r1");
    CHECK(plan.gang == "kueue");
    CHECK(plan.queue == "bench");
  }

  TEST_CASE("what cannot work is refused by name before anything is applied") {
    cluster::Wishes wanted = wishes();
    wanted.device_class = "gpu.nvidia.com";
    CHECK(has(faults(wanted, two_nodes()), "no known DeviceClass") == false);
    wanted.allocation = "dra";
    CHECK(has(faults(wanted, two_nodes()), "DeviceClass gpu.nvidia.com is absent"));
    wanted = wishes();
    wanted.devices_per_node = 12;
    CHECK(has(faults(wanted, two_nodes()),
              "no node has 12 devices of gpu.example.com: the most is 8"));
    wanted = wishes();
    wanted.gang = "native";
    CHECK(has(faults(wanted, two_nodes()), "serves no native gang"));
    wanted.gang = "kueue";
    CHECK(faults(wanted, two_nodes()) ==
          "--gang kueue: the cluster does not serve kueue.x-k8s.io/v1beta2: it is not installed");
    wanted.gang = "none";
    wanted.queue = "bench";
    CHECK(faults(wanted, two_nodes()) == "--queue bench: gang none has no queues");
    wanted = wishes();
    wanted.image = "registry.example/Assay:1";
    CHECK(has(faults(wanted, two_nodes()), "is no name of an image"));
    wanted = wishes(3);
    CHECK(has(faults(wanted, two_nodes()), "3 nodes are wanted and 2 can take a pod"));
    cluster::Inventory inventory = two_nodes();
    inventory.nodes.front().cordoned = true;
    CHECK(has(faults(wishes(), inventory), "node-a is cordoned"));
  }

  TEST_CASE("taints that keep the pods away are told and may be tolerated") {
    cluster::Inventory inventory = two_nodes();
    inventory.nodes[1].taints = {"nvidia.com/gpu=present:NoSchedule", "a/b=:PreferNoSchedule"};
    const auto reasons = [&](const std::vector<std::string>& tolerated) {
      cluster::Wishes wanted = wishes();
      for (const std::string& one : tolerated)
        wanted.tolerations.push_back(cluster::toleration_of(one));
      const cluster::Plan plan = cluster::make_plan(wanted, inventory, "r1");
      CHECK(plan.faults.empty());
      return fmt::format("{}", fmt::join(plan.reasons, "; "));
    };
    const char* told = "1 of 2 nodes has taint nvidia.com/gpu=present:NoSchedule";
    CHECK(has(reasons({}), told));
    CHECK_FALSE(has(reasons({}), "a/b"));
    for (const char* enough : {"nvidia.com/gpu", "nvidia.com/gpu=present",
                               "nvidia.com/gpu:NoSchedule", "nvidia.com/gpu=present:NoSchedule"})
      CHECK_FALSE(has(reasons({"x", enough}), told));
    for (const char* other : {"nvidia.com/gpu=absent", "nvidia.com/gpu:NoExecute", "nvidia.com"})
      CHECK(has(reasons({other}), told));
    cluster::Wishes gate = wishes(1);
    gate.node = "node-b";
    gate.tolerations = {cluster::toleration_of("team")};
    const ScratchFolder scratch;
    cluster::write_kustomization(cluster::make_plan(gate, inventory, "r1"), scratch.path());
    const std::string text =
        read_text(scratch.path() / "components/tolerations/kustomization.yaml");
    CHECK(has(text, "- {key: \"team\", operator: Exists}\n"));
    CHECK(has(text, "- {key: \"assay.io/unverified\", operator: Exists, effect: NoSchedule}\n"));
    for (const char* none : {"", "=x", "a=", "a:Never", "a b", "a=\"x", "/a"})
      CHECK_THROWS_AS(cluster::toleration_of(none), Error);
  }

  TEST_CASE("no toleration is advised for the taint of a node that is not well") {
    cluster::Inventory inventory = two_nodes();
    inventory.nodes[1].taints = {"node.kubernetes.io/not-ready=:NoExecute"};
    const std::string told =
        fmt::format("{}", fmt::join(cluster::make_plan(wishes(), inventory, "r1").reasons, "; "));
    CHECK(has(told, "not-ready=:NoExecute, which says that the node is not well"));
    CHECK_FALSE(has(told, "--toleration"));
  }

  TEST_CASE("devices of an extended resource that DRA serves are counted by its class") {
    cluster::Inventory inventory = two_nodes();
    inventory.device_classes.front().extended_resource = "nvidia.com/gpu";
    cluster::Wishes wanted = wishes();
    wanted.allocation = "device-plugin";
    const cluster::Plan plan = cluster::make_plan(wanted, inventory, "r1");
    CHECK(plan.faults.empty());
    CHECK(plan.devices == 8);
    CHECK(has(fmt::format("{}", fmt::join(plan.reasons, "; ")),
              "DRA serves nvidia.com/gpu by DeviceClass gpu.example.com"));
    wanted.devices_per_node = 12;
    CHECK(
        has(faults(wanted, inventory), "no node has 12 devices of nvidia.com/gpu: the most is 8"));
  }

  TEST_CASE("what the largest node has is not asked of nodes that have less") {
    cluster::Inventory inventory = two_nodes();
    std::erase_if(inventory.devices, [](const cluster::Device& one) {
      return one.pool == "node-b" && one.name >= "gpu-4";
    });
    CHECK(faults(wishes(), inventory) ==
          "2 nodes are wanted and 1 has 8 devices of gpu.example.com: name fewer with "
          "--devices-per-node");
    CHECK(faults(wishes(1), inventory).empty());
    cluster::Wishes wanted = wishes();
    wanted.devices_per_node = 4;
    CHECK(faults(wanted, inventory).empty());
    for (cluster::Device& one : inventory.devices)
      one.pool = "rack-1", one.node = "";  // no node's own
    CHECK(faults(wishes(), inventory).empty());
  }

  TEST_CASE("one node and one device are told as one") {
    cluster::Inventory inventory = two_nodes();
    inventory.nodes.pop_back();
    inventory.nodes.front().cordoned = true;
    std::erase_if(inventory.devices, [](const cluster::Device& one) {
      return one.pool != "node-a" || one.name > "gpu-0";
    });
    const cluster::Plan plan = cluster::make_plan(wishes(1), inventory, "r1");
    CHECK(plan.faults ==
          std::vector<std::string>{"1 node is wanted and 0 can take a pod: node-a is cordoned"});
    CHECK(plan.reasons.at(0) ==
          "allocation dra: DeviceClass gpu.example.com has 1 device in published ResourceSlices");
    CHECK(plan.reasons.at(1) ==
          "1 device of gpu.example.com a node: as many as the largest node has");
  }

  TEST_CASE("the plan says which API each version of Kubernetes lacks") {
    const auto told = [](const std::vector<std::string>& served, const std::string& gang) {
      cluster::Inventory inventory = two_nodes();
      inventory.api_versions = served;
      cluster::Wishes wanted = wishes();
      wanted.gang = gang;
      const cluster::Plan plan = cluster::make_plan(wanted, inventory, "r1");
      return fmt::format("{}; {}", fmt::join(plan.reasons, "; "), fmt::join(plan.faults, "; "));
    };
    cluster::Inventory without = two_nodes();
    without.devices.clear();
    without.device_classes.clear();
    without.api_versions = {"batch/v1", "resource.k8s.io/v1beta1"};
    CHECK(has(cluster::make_plan(wishes(), without, "r1").reasons.front(),
              "does not serve resource.k8s.io/v1 and no node offers"));
    const std::string dra = "resource.k8s.io/v1";
    CHECK_FALSE(has(told({dra}, "auto"), "scheduling.k8s.io"));  // 1.34
    CHECK(has(told({dra, "scheduling.k8s.io/v1alpha1"}, "auto"),
              "the gang of Kubernetes 1.35 alone"));
    CHECK(has(told({dra, "scheduling.k8s.io/v1alpha1"}, "native"), "serves no native gang"));
    CHECK(has(told({dra, "scheduling.k8s.io/v1alpha2"}, "auto"), "scheduling.k8s.io/v1alpha2"));
    CHECK(has(told({dra, "scheduling.k8s.io/v1beta1"}, "auto"), "no schema has validated"));
  }

  TEST_CASE("a missing queue and an inactive one are refused by name") {
    cluster::Inventory inventory = two_nodes();
    inventory.api_versions = lines_of("discovery/api-versions-kueue.txt");
    inventory.queues = cluster::read_queues(recorded("kueue-cluster-queue-inactive/queues.json"));
    cluster::Wishes wanted = wishes();
    wanted.gang = "kueue";
    wanted.queue = "absent";
    CHECK(has(faults(wanted, inventory), "LocalQueue absent is not in namespace bench"));
    bool named = false;
    for (const cluster::Queue& queue : inventory.queues) {
      if (queue.kind != "LocalQueue") continue;
      wanted.queue = queue.name;
      named = named || has(faults(wanted, inventory), "is inactive");
    }
    CHECK(named);
  }

  TEST_CASE("the written folder holds the components and a secret for this user alone") {
    const ScratchFolder scratch;
    const cluster::Plan plan = cluster::make_plan(wishes(), two_nodes(), "r1");
    cluster::write_kustomization(plan, scratch.path());
    const std::string text = read_text(scratch.path() / "run/kustomization.yaml");
    CHECK(has(text, "- ../components/allocation/dra\n"));
    CHECK(has(text, "newName: \"registry.example/assay\", newTag: \"1\""));
    CHECK(has(text, "nameSuffix: \"-r1\""));
    CHECK(std::filesystem::exists(scratch.path() / "base/job.yaml"));
    const auto token = scratch.path() / "base/token";
    CHECK(read_text(token).size() == 64);
    CHECK(std::filesystem::status(token).permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    const std::string first = read_text(token);
    cluster::write_kustomization(plan, scratch.path());
    CHECK(read_text(token) != first);
  }
}

}  // namespace assay::test
