// Devices that several claims share, and claims that tolerate, look at or want all of what there
// is: recorded slices and claims with what newer drivers and other users put there.
#include "harness/cluster/shared_devices.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "harness/cluster/cel_value.h"
#include "harness/cluster/device_taints.h"
#include "harness/cluster/explain.h"
#include "harness/cluster/plan.h"
#include "tests/cluster/recordings.h"

namespace assay::test {

namespace {

using EditJson = std::function<void(Json&)>;

constexpr const char* kGpus = "gpu.example.com";

/// The recorded devices, each edited.
cluster::Inventory with_devices(const EditJson& edit) {
  Json list = parse_json(recorded("discovery/resourceslices.json"), "slices");
  for (Json& slice : list["items"])
    for (Json& device : slice["spec"]["devices"]) edit(device);
  cluster::Inventory inventory = two_nodes();
  inventory.devices = cluster::read_slices(list.dump()).devices;
  return inventory;
}

/// 80Gi of memory that claims share, by this policy.
cluster::Inventory sharing(const Json& policy, const char* value = "80Gi") {
  return with_devices([=](Json& device) {
    device["allowMultipleAllocations"] = true;
    device["capacity"] = {{"memory", {{"value", value}, {"requestPolicy", policy}}}};
    if (policy.is_null()) device["capacity"]["memory"].erase("requestPolicy");
  });
}

const Json kStep = {{"default", "10Gi"}, {"validRange", {{"min", "10Gi"}, {"step", "10Gi"}}}};

/// Recorded claims of two pods with eight devices each on two nodes, the first result of each
/// edited.
std::vector<cluster::Claim> holding(const EditJson& edit_result) {
  Json list = parse_json(recorded("devices-all-in-use/run.json"), "claims");
  for (Json& item : list["items"])
    if (item["kind"] == "ResourceClaim" && item.contains("status"))
      for (Json& result : item["status"]["allocation"]["devices"]["results"]) edit_result(result);
  return cluster::read_snapshot(list.dump()).claims;
}

/// What the pod that waits is told, whose request is edited, while others hold `claims`.
cluster::Cause told_of(const cluster::Inventory& inventory, const EditJson& edit_request,
                       const std::vector<cluster::Claim>& claims = {}) {
  Json list = parse_json(recorded("claim-selector-mismatch/run.json"), "run");
  for (Json& item : list["items"])
    if (item["kind"] == "ResourceClaim") {
      Json& requests = item["spec"]["devices"]["requests"];
      requests[0]["exactly"].erase("selectors");
      edit_request(requests);
    }
  const cluster::Snapshot run = cluster::read_snapshot(list.dump());
  const auto events = cluster::read_events(recorded("claim-selector-mismatch/events.json"));
  return cluster::explain({run, events, inventory, claims, {}, {}}).front();
}

EditJson asking(const char* memory, int count = 1) {
  return [=](Json& requests) {
    requests[0]["exactly"]["capacity"] = {{"requests", {{"memory", memory}}}};
    requests[0]["exactly"]["count"] = count;
  };
}

EditJson consuming(const char* memory) {
  return [=](Json& result) {
    result["shareID"] = "8a8d1b5e-6d8b-4d4e-9a5e-0d6b1c0f0a11";
    result["consumedCapacity"] = {{"memory", memory}};
  };
}

long free_devices(const cluster::Inventory& inventory, const std::vector<cluster::Claim>& claims,
                  const cluster::DeviceRequest& request = {}) {
  return static_cast<long>(
      cluster::not_taken(cluster::devices_of(kGpus, inventory), claims, inventory, request).size());
}

bool says(const cluster::Cause& cause, const std::string& part) {
  INFO(cause.text);
  return cause.text.find(part) != std::string::npos;
}

EditJson tainted(const char* value) {
  return [=](Json& device) {
    device["taints"] = {
        {{"key", "example.com/unhealthy"}, {"value", value}, {"effect", "NoSchedule"}}};
  };
}

EditJson tolerating(const Json& toleration) {
  return [=](Json& requests) { requests[0]["exactly"]["tolerations"] = Json::array({toleration}); };
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("a claim that asks for a part of a shared device consumes what its policy says") {
    struct Row {
      Json policy;
      const char *asked, *consumed;
      std::size_t room;
    };
    const Json values = {{"default", "20Gi"}, {"validValues", {"20Gi", "40Gi"}}};
    const Json at_most = {{"default", "10Gi"}, {"validRange", {{"min", "10Gi"}, {"max", "40Gi"}}}};
    for (const Row& row : std::vector<Row>{{kStep, "10Gi", "0", 8},
                                           {kStep, "11Gi", "0", 4},
                                           {kStep, "1Gi", "30Gi", 5},
                                           {kStep, "", "75Gi", 0},
                                           {kStep, "", "70Gi", 1},
                                           {values, "1Gi", "0", 4},
                                           {values, "21Gi", "0", 2},
                                           {values, "41Gi", "0", 0},
                                           {at_most, "15Gi", "0", 5},
                                           {at_most, "41Gi", "0", 0},
                                           {Json(), "30Gi", "0", 2},
                                           {Json(), "", "0", 1},
                                           {Json(), "", "1Mi", 0},
                                           {Json(), "81Gi", "0", 0}}) {
      INFO(row.policy.dump(), " ", row.asked, " ", row.consumed);
      const cluster::Inventory inventory = sharing(row.policy);
      cluster::Texts wanted;
      if (*row.asked) wanted["memory"] = row.asked;
      const cluster::Amounts consumed = {{"memory", cluster::cel::amount_of(row.consumed)}};
      CHECK(cluster::room_for(wanted, inventory.devices.front(), consumed, 99) == row.room);
    }
    const cluster::Inventory plain = two_nodes();
    CHECK(cluster::room_for({}, plain.devices.front(), {}, 99) == 1);
    CHECK_FALSE(cluster::has_capacity({{"memory", "81Gi"}}, plain.devices.front()));
    CHECK_FALSE(cluster::has_capacity({{"cores", "1"}}, plain.devices.front()));
    CHECK(cluster::has_capacity({{"memory", "80Gi"}}, plain.devices.front()));
  }

  TEST_CASE("a shared device is held when its capacity is consumed and not before") {
    const cluster::Inventory inventory = sharing(kStep);
    CHECK(free_devices(inventory, holding(consuming("70Gi"))) == 16);
    CHECK(free_devices(inventory, holding(consuming("80Gi"))) == 0);
    const cluster::DeviceRequest half{"", kGpus, 1, {}, {}, {{"memory", "40Gi"}}};
    CHECK(free_devices(inventory, holding(consuming("40Gi")), half) == 16);
    CHECK(free_devices(inventory, holding(consuming("50Gi")), half) == 0);
    CHECK(free_devices(two_nodes(), holding([](Json&) {})) == 0);
  }

  TEST_CASE("a pod is told that shared devices have no room left for what it asks") {
    const cluster::Inventory inventory = sharing(kStep);
    const cluster::Cause full = told_of(inventory, asking("40Gi"), holding(consuming("50Gi")));
    CHECK(says(full,
               "too few are free: 16 of 16 of class gpu.example.com are allocated as often as they "
               "have room, and 1 on one node is needed"));
    CHECK_FALSE(full.hopeless);
    CHECK(says(told_of(inventory, asking("100Gi")),
               "no published device of class gpu.example.com has the memory=100Gi of request gpu"));
    CHECK(says(told_of(inventory, asking("40Gi", 9)),
               "no node has 9 devices of class gpu.example.com that has the memory=40Gi of request "
               "gpu: the most is 8"));
    CHECK(says(told_of(two_nodes(), asking("81Gi")), "has the memory=81Gi of request gpu"));
  }

  TEST_CASE("several requests share a device and one request does not get it twice") {
    const auto twice = [](int requests_of_eight) {
      return [=](Json& requests) {
        asking("40Gi", 8)(requests);
        for (int i = 1; i < requests_of_eight; ++i) {
          requests.push_back(requests[0]);
          requests.back()["name"] = fmt::format("more-{}", i);
        }
      };
    };
    const cluster::Inventory inventory = sharing(kStep);
    CHECK(says(told_of(inventory, twice(2)), "compare `kubectl get resourceclaims -A`"));
    CHECK(says(told_of(inventory, twice(3)), "no node has 24 devices of class gpu.example.com"));
    CHECK(says(told_of(inventory, twice(3)), "the most is 16"));
  }

  TEST_CASE("a claim of an administrator takes no device away") {
    const auto looking = holding([](Json& result) { result["adminAccess"] = true; });
    CHECK(free_devices(two_nodes(), looking) == 16);
    const auto to_look = [](Json& requests) {
      requests[0]["exactly"]["adminAccess"] = true;
      requests[0]["exactly"]["count"] = 8;
    };
    CHECK(says(told_of(two_nodes(), to_look, holding([](Json&) {})), "compare `kubectl get"));
  }

  TEST_CASE("a tainted device is there for a claim that tolerates its taint") {
    const cluster::Inventory inventory = with_devices(tainted("ecc"));
    const char* key = "example.com/unhealthy";
    struct Row {
      Json toleration;
      bool tolerated;
    };
    for (const Row& row :
         std::vector<Row>{{{{"key", key}, {"operator", "Exists"}}, true},
                          {{{"operator", "Exists"}}, true},
                          {{{"key", key}, {"operator", "Exists"}, {"effect", "NoSchedule"}}, true},
                          {{{"key", key}, {"operator", "Exists"}, {"effect", "NoExecute"}}, false},
                          {{{"key", key}, {"operator", "Equal"}, {"value", "ecc"}}, true},
                          {{{"key", key}, {"value", "ecc"}}, true},
                          {{{"key", key}, {"value", "heat"}}, false},
                          {{{"key", key}}, false},
                          {{{"key", "other"}, {"operator", "Exists"}}, false}}) {
      INFO(row.toleration.dump());
      const cluster::Cause cause = told_of(inventory, tolerating(row.toleration));
      CHECK(says(cause, row.tolerated ? "compare `kubectl get resourceclaims -A`"
                                      : "is free (not counted: 16 tainted devices"));
    }
    CHECK(says(told_of(with_devices(tainted("")), tolerating({{"key", key}})), "compare `kubectl"));
  }

  TEST_CASE("a claim for all devices of a node waits for a node of which none is taken") {
    const auto all = [](Json& requests) {
      requests[0]["exactly"] = {{"deviceClassName", kGpus}, {"allocationMode", "All"}};
    };
    std::vector<cluster::Claim> claims = holding([](Json&) {});
    for (cluster::Claim& claim : claims)
      if (!claim.allocated.empty()) claim.allocated.resize(1);
    CHECK(says(told_of(two_nodes(), all, claims),
               "request gpu asks for all devices of class gpu.example.com of a node, and on every "
               "node some are allocated"));
    for (cluster::Claim& claim : claims)
      if (!claim.allocated.empty() && claim.allocated.front().pool == "node-a")
        claim.allocated.clear();
    CHECK(says(told_of(two_nodes(), all, claims), "compare `kubectl get resourceclaims -A`"));
    cluster::Inventory many = two_nodes();
    for (int i = 0; i < 25; ++i) {
      many.devices.push_back(many.devices.front());
      many.devices.back().name = fmt::format("more-{}", i);
    }
    std::erase_if(many.devices, [](const cluster::Device& one) { return one.pool == "node-b"; });
    const cluster::Cause cause = told_of(many, all);
    CHECK(says(cause, "of a node, which are 33, and a claim holds at most 32: ask for a count"));
    CHECK(cause.hopeless);
  }
}

}  // namespace assay::test
