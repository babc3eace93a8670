// Devices that are published and that no claim gets: recorded slices with taints, missing slices
// and shared counters added.
#include "harness/cluster/device_taints.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cluster/idle_run.h"
#include "harness/cluster/plan.h"
#include "tests/cluster/replay.h"

namespace assay::test {

namespace {

constexpr const char* kClass = "gpu.example.com";

Json slices() { return parse_json(recorded("discovery/resourceslices.json"), "slices"); }

Json& device(Json& list, std::size_t node, std::size_t number) {
  return list["items"][node]["spec"]["devices"][number];
}

void taint(Json& device, const std::string& effect) {
  device["taints"].push_back({{"key", "example.com/unhealthy"},
                              {"value", "ecc"},
                              {"effect", effect},
                              {"timeAdded", "2026-11-28T00:00:00Z"}});
}

/// A cluster that answers with these slices, and with what it knows of DeviceTaintRules.
class Publishing : public Discovered {
 public:
  explicit Publishing(Json list) : list_(std::move(list)) {}

  cluster::Answer rules{1, "",
                        "error: the server doesn't have a resource type \"devicetaintrules\"\n"};

  cluster::Answer ask(const cluster::Call& call) override {
    if (call.words.front() == "get" && call.words.at(1) == "resourceslices")
      return {0, list_.dump(), ""};
    if (call.words.front() == "get" && call.words.at(1) == "devicetaintrules") {
      ++asked;
      return rules;
    }
    if (call.words.front() == "get" && call.words.at(1) == "resourceclaims") return {0, claims, ""};
    return Discovered::ask(call);
  }

  std::string claims = R"({"items": []})";
  int asked = 0;  // for the rules

 private:
  Json list_;
};

cluster::Inventory found(const Json& list) {
  Publishing kubectl(list);
  return cluster::discover(kubectl, "bench");
}

cluster::Plan planned(const cluster::Inventory& inventory) {
  cluster::Wishes wanted;
  wanted.profile = "quick";
  wanted.image = "registry.example/assay:1";
  wanted.name_space = "bench";
  wanted.nodes = 2;
  return cluster::make_plan(wanted, inventory, "r1");
}

std::string faults(const cluster::Plan& plan) {
  return fmt::format("{}", fmt::join(plan.faults, "; "));
}

std::string reasons(const cluster::Plan& plan) {
  return fmt::format("{}", fmt::join(plan.reasons, "; "));
}

/// The scheduler has found no node for a pod whose claim asks for eight devices.
cluster::Cause told(const cluster::Inventory& inventory) {
  const cluster::Snapshot run = cluster::read_snapshot(recorded("devices-all-in-use/run.json"));
  for (const cluster::Pod& pod : run.pods)
    if (pod.node.empty())
      return cluster::explain_unschedulable(
          pod, "0/2 nodes are available: 2 cannot allocate all claims.",
          {run, {}, inventory, {}, {}, {}});
  return {"", "no pod waits", false};
}

cluster::Answer rule(const Json& selector, const std::string& effect = "NoSchedule") {
  return {0,
          Json{{"items",
                {{{"kind", "DeviceTaintRule"},
                  {"spec",
                   {{"deviceSelector", selector},
                    {"taint", {{"key", "maintenance"}, {"effect", effect}}}}}}}}}
              .dump(),
          ""};
}

/// Two GPUs a node, each whole or in seven parts of one slice, three of two and two of three: all
/// of them published side by side, as a driver of partitionable devices does. The counters are in a
/// slice of their own, as newer servers want them, or with the devices.
Json partitions(bool counters_apart) {
  const auto part = [](int gpu, const std::string& type, int number, int slices) {
    return Json{{"name", fmt::format("gpu-{}-{}-{}", gpu, type, number)},
                {"attributes", {{"type", {{"string", slices == 8 ? "gpu" : "mig"}}}}},
                {"consumesCounters",
                 {{{"counterSet", fmt::format("gpu-{}", gpu)},
                   {"counters",
                    {{"slices", {{"value", std::to_string(slices)}}},
                     {"memory", {{"value", fmt::format("{}Gi", slices * 10)}}}}}}}}};
  };
  Json list = slices();
  for (std::size_t node = 0; node < 2; ++node) {
    Json& spec = list["items"][node]["spec"];
    Json devices = Json::array(), counters = Json::array();
    for (int gpu = 0; gpu < 2; ++gpu) {
      counters.push_back(
          {{"name", fmt::format("gpu-{}", gpu)},
           {"counters", {{"slices", {{"value", "8"}}}, {"memory", {{"value", "80Gi"}}}}}});
      devices.push_back(part(gpu, "whole", 0, 8));
      for (int i = 0; i < 7; ++i) devices.push_back(part(gpu, "one", i, 1));
      for (int i = 0; i < 3; ++i) devices.push_back(part(gpu, "two", i, 2));
      for (int i = 0; i < 2; ++i) devices.push_back(part(gpu, "three", i, 4));
    }
    spec["devices"] = devices;
    if (!counters_apart) {
      spec["sharedCounters"] = counters;
      continue;
    }
    spec["pool"]["resourceSliceCount"] = 2;
    Json apart = list["items"][node];
    apart["spec"].erase("devices");
    apart["spec"]["sharedCounters"] = counters;
    list["items"].push_back(apart);
  }
  return list;
}

cluster::Inventory partitioned(const std::string& type, bool counters_apart = true) {
  cluster::Inventory inventory = found(partitions(counters_apart));
  inventory.device_classes.front().selectors = {
      fmt::format("device.attributes['gpu.example.com'].type == '{}'", type)};
  return inventory;
}

cluster::Claim holding(const std::string& name) {
  cluster::Claim claim;
  claim.allocated = {{kClass, "node-a", name, "", {}}};
  return claim;
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a tainted device is not counted and the plan names it with its taint") {
    Json list = slices();
    for (const char* effect : {"None", "OfALaterVersion"}) taint(device(list, 1, 3), effect);
    CHECK(faults(planned(found(list))).empty());
    taint(device(list, 1, 3), "NoExecute");
    const cluster::Plan plan = planned(found(list));
    CHECK(faults(plan) ==
          "2 nodes are wanted and 1 has 8 devices of gpu.example.com (not counted: 1 tainted "
          "device: gpu-3 of node-b has taint example.com/unhealthy=ecc:NoExecute): name fewer with "
          "--devices-per-node");
    CHECK(reasons(plan).find("DeviceClass gpu.example.com has 15 devices") != std::string::npos);
    CHECK(reasons(plan).find("more devices than a claim may get (not counted: 1 tainted") !=
          std::string::npos);
  }

  TEST_CASE("a class all of whose devices are tainted is no class without a driver") {
    Json list = slices();
    for (std::size_t node = 0; node < 2; ++node)
      for (std::size_t i = 0; i < 8; ++i) taint(device(list, node, i), "NoSchedule");
    CHECK(faults(planned(found(list)))
              .find("no node has a device of gpu.example.com that a claim may get (not counted: 16 "
                    "tainted devices: gpu-0 of node-a has taint "
                    "example.com/unhealthy=ecc:NoSchedule, ") == 0);
    const cluster::Cause cause = told(found(list));
    CHECK(cause.text.find("no device of class gpu.example.com is free (not counted: 16") !=
          std::string::npos);
    CHECK(cause.text.find("and 13 more)") != std::string::npos);
    CHECK_FALSE(cause.hopeless);
  }

  TEST_CASE("a pod that waits is told which device is tainted") {
    Json list = slices();
    taint(device(list, 0, 0), "NoSchedule");
    taint(device(list, 1, 7), "NoSchedule");
    const cluster::Cause cause = told(found(list));
    CHECK(cause.text.find("no node has 8 devices of class gpu.example.com: the most is 7 (not "
                          "counted: 2 tainted devices: gpu-0 of node-a has taint "
                          "example.com/unhealthy=ecc:NoSchedule, gpu-7 of node-b has") !=
          std::string::npos);
    CHECK_FALSE(cause.hopeless);  // a taint may be taken away
    CHECK(told(found(slices())).text.find("not counted") == std::string::npos);
  }

  TEST_CASE("a DeviceTaintRule taints what it selects") {
    const auto tainted = [](const cluster::Answer& rules) {
      Publishing kubectl(slices());
      kubectl.rules = rules;
      const cluster::Inventory inventory = cluster::discover(kubectl, "bench");
      CHECK(inventory.saw("devicetaintrules"));
      return 16 - cluster::devices_of(kClass, inventory).size();
    };
    CHECK(tainted(rule({{"pool", "node-a"}, {"device", "gpu-3"}})) == 1);
    CHECK(tainted(rule({{"driver", kClass}, {"pool", "node-a"}})) == 8);
    CHECK(tainted(rule({{"driver", "other.example.com"}})) == 0);
    CHECK(tainted(rule(Json::object())) == 16);
    CHECK(tainted(rule({{"pool", "node-a"}}, "None")) == 0);
    CHECK(tainted({0, R"({"items": [{"spec": {"taint": {"effect": "NoSchedule"}}}]})", ""}) == 0);
    CHECK(tainted(rule({{"deviceClassName", kClass}})) == 16);
    CHECK(tainted(rule({{"deviceClassName", "absent"}})) == 0);
    const Json cel = {
        {{"cel", {{"expression", "device.attributes['gpu.example.com'].index == 2"}}}}};
    CHECK(tainted(rule({{"selectors", cel}})) == 2);
    CHECK(tainted({1, "",
                   "error: the server doesn't have a resource type "
                   "\"devicetaintrules\"\n"}) == 0);
  }

  TEST_CASE(
      "rules that may not be listed are said to be unknown and those of "
      "before are kept") {
    Publishing kubectl(slices());
    kubectl.rules = {1, "",
                     "Error from server (Forbidden): devicetaintrules.resource.k8s.io is "
                     "forbidden: User \"alice\" cannot list resource\n"};
    CHECK(reasons(planned(cluster::discover(kubectl, "bench")))
              .find("nothing is known of devicetaintrules") != std::string::npos);
    kubectl.rules = rule({{"pool", "node-a"}});
    cluster::Inventory inventory = cluster::discover(kubectl, "bench");
    kubectl.rules = {1, "", "Unable to connect to the server: net/http: TLS handshake timeout\n"};
    cluster::refresh(kubectl, inventory);
    CHECK(cluster::devices_of(kClass, inventory).size() == 8);
    kubectl.rules = {0, R"({"items": []})", ""};
    cluster::refresh(kubectl, inventory);
    CHECK(cluster::devices_of(kClass, inventory).size() == 16);
  }

  TEST_CASE("a cluster without DeviceTaintRules is asked for them once") {
    Publishing kubectl(slices());
    cluster::Inventory inventory = cluster::discover(kubectl, "bench");
    cluster::refresh(kubectl, inventory);
    CHECK(kubectl.asked == 1);
  }

  TEST_CASE("a pool of which slices are missing is named as incomplete") {
    Json list = slices();
    Json& pool = list["items"][1]["spec"]["pool"];
    pool["resourceSliceCount"] = 2;
    pool["generation"] = 5;
    const char* incomplete =
        "(not counted: pool node-b of gpu.example.com is "
        "incomplete: 1 of its 2 ResourceSlices is "
        "published)";
    CHECK(reasons(planned(found(list))).find(incomplete) != std::string::npos);
    for (std::size_t i = 0; i < 4; ++i) {
      list["items"][0]["spec"]["devices"].erase(4);
      list["items"][1]["spec"]["devices"].erase(4);
    }
    const cluster::Cause cause = told(found(list));
    CHECK(cause.text.find("the most is 4 " + std::string(incomplete)) != std::string::npos);
    CHECK_FALSE(cause.hopeless);
    Json rest = list["items"][1];
    rest["spec"]["pool"]["generation"] = 4;  // of before: it completes nothing
    list["items"].push_back(rest);
    CHECK(told(found(list)).text.find("is incomplete") != std::string::npos);
    list["items"][2]["spec"]["pool"]["generation"] = 5;
    CHECK(told(found(list)).text.find("is incomplete") == std::string::npos);
    for (const std::size_t slice : {1, 2})
      list["items"][slice]["spec"]["pool"]["resourceSliceCount"] = 3;
    CHECK(told(found(list)).text.find("2 of its 3 ResourceSlices are published") !=
          std::string::npos);
  }

  TEST_CASE("partitions that share counters are not added up") {
    for (const bool apart : {true, false}) {
      const cluster::Inventory mig = partitioned("mig", apart);
      CHECK(mig.incomplete_pools.empty());
      CHECK(cluster::devices_of(kClass, mig).size() == 48);
      const cluster::Plan plan = planned(mig);
      CHECK(faults(plan).empty());
      CHECK(plan.devices == 14);  // seven of one slice a GPU: one slice is left over
      CHECK(reasons(plan).find("gpu.example.com has 28 devices") != std::string::npos);
      CHECK(planned(partitioned("gpu", apart)).devices == 2);
    }
  }

  TEST_CASE("what is allocated of a GPU is not free in another form") {
    const cluster::Inventory mig = partitioned("mig"), whole = partitioned("gpu");
    const auto free_on_a = [](const cluster::Inventory& inventory,
                              const std::vector<cluster::Claim>& claims) {
      const auto devices =
          cluster::not_taken(cluster::devices_of(kClass, inventory), claims, inventory);
      return std::count_if(devices.begin(), devices.end(), [](const cluster::Device* device) {
        return device->place() == "node-a";
      });
    };
    CHECK(free_on_a(whole, {}) == 2);
    CHECK(free_on_a(whole, {holding("gpu-0-one-3")}) == 1);
    CHECK(free_on_a(mig, {holding("gpu-0-whole-0")}) == 7);
    CHECK(free_on_a(mig, {holding("gpu-0-three-0")}) == 11);  // four of one slice are left
    CHECK(free_on_a(mig, {holding("gpu-0-three-0"), holding("gpu-0-two-1")}) == 9);
  }

  TEST_CASE(
      "devices are of the node that their slice names whatever their "
      "pool is called") {
    Json list = slices();
    for (Json& slice : list["items"])
      slice["spec"]["pool"]["name"] = slice["spec"]["pool"]["name"].get<std::string>() + "-gpus";
    taint(device(list, 1, 3), "NoSchedule");
    Publishing kubectl(list);
    const cluster::Inventory inventory = cluster::discover(kubectl, "bench");
    const cluster::Plan plan = planned(inventory);
    CHECK(faults(plan).find("2 nodes are wanted and 1 has 8 devices of gpu.example.com") == 0);
    CHECK(cluster::free_hosts(kubectl, plan, inventory) == std::vector<std::string>{"node-a"});
  }
}

}  // namespace assay::test
