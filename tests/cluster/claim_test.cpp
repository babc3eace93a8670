// What the recorded claims that cannot be met are told, with slices and claims of others changed.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "harness/cluster/explain.h"
#include "tests/cluster/recordings.h"

namespace assay::test {

namespace {

using Edit = std::function<void(Json&)>;

constexpr const char* kShared = "resource.kubernetes.io/pcieRoot";

/// The first cause of the recorded run, whose claims are edited; of the inventory's devices, those
/// named `node/device` are allocated to others.
cluster::Cause told(const std::string& situation, const cluster::Inventory& inventory,
                    const Edit& edit_claim, const std::vector<std::string>& taken = {}) {
  Json list = parse_json(recorded(situation + "/run.json"), situation);
  for (Json& item : list["items"])
    if (item["kind"] == "ResourceClaim") edit_claim(item["spec"]["devices"]);
  const cluster::Snapshot run = cluster::read_snapshot(list.dump());
  const auto events = cluster::read_events(recorded(situation + "/events.json"));
  cluster::ClusterState seen{run, events, inventory};
  seen.all_claims.emplace_back();
  for (const std::string& one : taken)
    seen.all_claims.back().allocated.push_back(
        {one.starts_with("nic") ? "dra.net" : "gpu.example.com",
         one.substr(one.find('/') + 1),
         one.substr(0, one.find('/')),
         "",
         {}});
  return cluster::explain(seen).front();
}

/// Two accelerators and a NIC under each of four roots.
cluster::Inventory with_nics() {
  cluster::Inventory inventory = two_nodes();
  inventory.device_classes.push_back({"dra.net", "", {"device.driver == 'dra.net'"}});
  std::map<std::string, int> seen;
  for (cluster::Device& device : inventory.devices)
    device.attributes[kShared] = fmt::format("pci{}", seen[device.pool]++ / 2);
  for (const char* node : {"node-a", "node-b"})
    for (int nic = 0; nic < 4; ++nic)
      inventory.devices.push_back({"dra.net",
                                   node,
                                   fmt::format("nic-{}", nic),
                                   "",
                                   {{kShared, fmt::format("pci{}", nic)}}});
  return inventory;
}

/// So many groups of accelerators and a NIC, as manifests/components/network/paired asks for them.
Edit in_groups(int groups, int accelerators) {
  return [=](Json& devices) {
    devices = {{"requests", Json::array()}, {"constraints", Json::array()}};
    for (int group = 0; group < groups; ++group) {
      const std::string accelerator = fmt::format("accelerator-{}", group);
      const std::string nic = fmt::format("nic-{}", group);
      const auto request = [&](const std::string& name, const char* of, int count) {
        devices["requests"].push_back(
            {{"name", name}, {"exactly", {{"deviceClassName", of}, {"count", count}}}});
      };
      request(accelerator, "gpu.example.com", accelerators);
      request(nic, "dra.net", 1);
      devices["constraints"].push_back(
          {{"matchAttribute", kShared}, {"requests", {accelerator, nic}}});
    }
  };
}

const Edit kAsRecorded = [](Json&) {};

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("pairs that no node has are told with what the most is") {
    const auto of = [](int groups, int each, const std::vector<std::string>& taken = {}) {
      return told("claim-constraint-unmet", with_nics(), in_groups(groups, each), taken);
    };
    const cluster::Cause odd = of(4, 3);
    CHECK(odd.text ==
          "no node takes it: no node has 12 devices of class gpu.example.com: the most "
          "is 8");
    CHECK(odd.hopeless);
    const cluster::Cause apart = of(2, 3);
    CHECK(
        apart.text ==
        "no node takes it: no node has 2 groups of 3 of gpu.example.com and 1 of dra.net with one "
        "value of resource.kubernetes.io/pcieRoot: the most is 0");
    CHECK(apart.hopeless);
    CHECK(of(5, 1).text.find("no node has 5 devices of class dra.net: the most is 4") !=
          std::string::npos);
    const cluster::Cause taken =
        of(4, 1, {"nic-0/node-a", "gpu-2/node-b", "gpu-3/node-b", "nic-1/node-b"});
    CHECK(taken.text.find("too few are free: 2 of 8 of class dra.net are allocated, and 4 on one "
                          "node are needed") != std::string::npos);
    CHECK_FALSE(taken.hopeless);
    const cluster::Cause crossed = of(2, 2,
                                      {"gpu-0/node-a", "gpu-2/node-a", "gpu-4/node-a",
                                       "gpu-0/node-b", "gpu-2/node-b", "gpu-4/node-b"});
    CHECK(crossed.text.find("the devices exist, but no node has 2 groups of 2 of gpu.example.com "
                            "and 1 of dra.net with one value of resource.kubernetes.io/pcieRoot "
                            "that are free: the most is 1") != std::string::npos);
    CHECK_FALSE(crossed.hopeless);
  }

  TEST_CASE("a selector that devices match is not blamed for devices that are taken") {
    const auto selecting = [](const char* expression) {
      return [=](Json& devices) {
        devices["requests"][0]["exactly"]["selectors"] = {{{"cel", {{"expression", expression}}}}};
      };
    };
    const char* index = "device.attributes['gpu.example.com'].index < 2";
    std::vector<std::string> taken;
    for (const char* node : {"node-a", "node-b"})
      for (const char* device : {"gpu-0/", "gpu-1/"}) taken.push_back(std::string(device) + node);
    const cluster::Cause busy =
        told("claim-selector-mismatch", two_nodes(), selecting(index), taken);
    CHECK(busy.text.find("too few are free: 4 of 4 of class gpu.example.com are allocated") !=
          std::string::npos);
    CHECK_FALSE(busy.hopeless);
    const cluster::Cause none = told("claim-selector-mismatch", two_nodes(), kAsRecorded);
    CHECK(none.text ==
          "no node takes it: no published device of class gpu.example.com matches the "
          "selector of request gpu");
    CHECK(none.hopeless);
    const cluster::Cause beyond =
        told("claim-selector-mismatch", two_nodes(), selecting("device.driver.matches('other')"));
    CHECK(beyond.text.find("is more of CEL than is evaluated here") != std::string::npos);
    CHECK_FALSE(beyond.hopeless);
  }
}

}  // namespace assay::test
