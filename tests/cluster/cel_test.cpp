// Selectors as drivers and administrators write them, on devices as drivers publish them.
#include "harness/cluster/cel.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "harness/cluster/plan.h"
#include "harness/core/document.h"
#include "tests/cluster/recordings.h"

namespace assay::test {

namespace {

using cluster::Selects;

const cluster::Device kGpu = {
    "gpu.nvidia.com",
    "node-a",
    "gpu-0",
    "",
    {{"type", "gpu"},
     {"architecture", "Hopper"},
     {"productName", "NVIDIA H100 80GB HBM3"},
     {"driverVersion", "580.95.5"},
     {"cores", "132"},
     {"ecc", "true"},
     {"resource.kubernetes.io/pcieRoot", "pci0000:17"}},
    {{"type", "string"}, {"driverVersion", "version"}, {"cores", "int"}, {"ecc", "bool"}},
    {{"memory", "81559Mi"}}};

Selects selects(const std::string& expression, const cluster::Device& device = kGpu) {
  return cluster::Selector({expression}).of(device);
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("selectors of real DeviceClasses tell a device from others") {
    cluster::Device mig = kGpu, nic = kGpu;
    mig.attributes["type"] = "mig";
    nic.driver = "dra.net";
    nic.attributes = {{"rdma", "true"}, {"cloudNetwork", "a"}};
    nic.types = {{"rdma", "bool"}};
    const std::string own = "device.attributes['gpu.nvidia.com'].";
    for (const std::string& one : {
             std::string("device.driver == 'gpu.nvidia.com'"),
             "device.driver == 'gpu.nvidia.com' && " + own + "type == 'gpu'",
             std::string("device.driver == \"gpu.amd.com\" || device.driver == \"gpu.nvidia.com\""),
             "device.driver in ['gpu.intel.com', 'gpu.nvidia.com'] && !(" + own + "type == 'mig')",
             "device.driver == 'gpu.nvidia.com' && " + own + "productName.contains('H100') && " +
                 own + "type != 'mig'",
             own + "type == \"gpu\" && device.attributes[\"resource.kubernetes.io\"].pcieRoot "
                   "== 'pci0000:17'",
         }) {
      INFO(one);
      CHECK(selects(one) == Selects::yes);
      const bool all = one == "device.driver == 'gpu.nvidia.com'" || one.find("||") != one.npos;
      CHECK((selects(one, mig) == Selects::yes) == all);
      CHECK(selects(one, nic) != Selects::yes);
    }
    for (const char* one :
         {"device.driver == \"dra.net\" && has(device.attributes['dra.net'].rdma) && "
          "device.attributes['dra.net'].rdma == true",
          "device.attributes['dra.net'].?rdma.orValue(false)",
          "device.driver == 'dra.net' && has(device.attributes[\"dra.net\"].cloudNetwork)",
          "'rdma' in device.attributes['dra.net'] && device.attributes['dra.net'].rdma"}) {
      INFO(one);
      CHECK(selects(one, nic) == Selects::yes);
      CHECK(selects(one) == Selects::no);
    }
  }

  TEST_CASE("quantities and versions are compared as Kubernetes compares them") {
    const std::string memory = "device.capacity['gpu.nvidia.com'].memory";
    CHECK(selects(memory + ".compareTo(quantity('79Gi')) >= 0") == Selects::yes);
    CHECK(selects(memory + ".compareTo(quantity('80Gi')) >= 0") == Selects::no);
    CHECK(selects(memory + ".isGreaterThan(quantity('80G'))") == Selects::yes);
    CHECK(selects(memory + ".isLessThan(quantity(\"1e9\"))") == Selects::no);
    const std::string version = "device.attributes['gpu.nvidia.com'].driverVersion";
    CHECK(selects(version + ".isGreaterThan(semver('580.65.6'))") == Selects::yes);
    CHECK(selects(version + ".compareTo(semver('580.100.0')) < 0") == Selects::yes);
    CHECK(selects("device.attributes['gpu.nvidia.com'].cores >= 132") == Selects::yes);
    CHECK(selects("device.attributes['gpu.nvidia.com'].cores > 0x84") == Selects::no);
    CHECK(selects("device.attributes['gpu.nvidia.com'].ecc") == Selects::yes);
  }

  TEST_CASE("what a device does not publish fails and is decided by the other side alone") {
    const std::string absent = "device.attributes['gpu.nvidia.com'].colour == 'red'";
    CHECK(selects(absent) == Selects::fails);
    CHECK(selects("device.attributes['other.com'].x == 1") == Selects::fails);
    CHECK(selects(absent + " && device.driver == 'x'") == Selects::no);
    CHECK(selects("device.driver == 'gpu.nvidia.com' || " + absent) == Selects::yes);
    CHECK(selects("!(" + absent + ")") == Selects::fails);
    CHECK(selects("'colour' in device.attributes['gpu.nvidia.com'] && " + absent) == Selects::no);
    CHECK(selects("device.attributes['gpu.nvidia.com'].cores < 'x'") == Selects::fails);
  }

  TEST_CASE("an expression that is beyond the known part is never taken for yes or no") {
    std::string deep = "true";
    for (int i = 0; i < 1000; ++i) deep += " && true";
    for (const std::string& one :
         {std::string("device.driver.matches('^gpu')"), std::string("true ? true : false"),
          std::string("['a'].exists(x, x == device.driver)"), std::string(""), std::string("'open"),
          std::string("device.driver == r'gpu'"), std::string("device.driver == 'a\\n'"),
          std::string("1 + 1 == 2"), std::string("((("), std::string("device.later == 1"),
          std::string("device.attributes["), std::string(5000, '('), std::string(5000, '!'),
          std::string("true\0 && false", 14), deep}) {
      INFO(one);
      CHECK(selects(one) == Selects::unknown);
    }
    CHECK(selects("device.driver == 'other' && device.driver.matches('x')") == Selects::no);
  }

  TEST_CASE("slices of a pool's older generation count no device twice") {
    Json slices = parse_json(recorded("discovery/resourceslices.json"), "slices");
    Json& items = slices["items"];
    items.push_back(items[0]);  // node-a's driver publishes seven devices in two slices now
    items.push_back(items[0]);
    for (std::size_t i : {2U, 3U}) items[i]["spec"]["pool"]["generation"] = 2;
    items[2]["spec"]["devices"] = Json::array({items[0]["spec"]["devices"][0]});
    items[3]["spec"]["devices"].erase(0), items[3]["spec"]["devices"].erase(0);
    for (int turn = 0; turn < 4; ++turn) {
      std::rotate(items.begin(), items.begin() + 1, items.end());
      const auto devices = cluster::read_slices(slices.dump()).devices;
      CHECK(devices.size() == 8 + 7);
    }
  }

  TEST_CASE("MIG devices and GPUs of one driver are counted apart") {
    // The recorded slices of two nodes, as NVIDIA's driver publishes a node with one GPU split.
    Json slices = parse_json(recorded("discovery/resourceslices.json"), "slices");
    for (Json& slice : slices["items"])
      for (Json& device : slice["spec"]["devices"])
        device["attributes"]["type"] = {{"string", device["name"] > "gpu-4" ? "mig" : "gpu"}};
    cluster::Inventory inventory = two_nodes();
    inventory.devices = cluster::read_slices(slices.dump()).devices;
    const std::string is =
        "device.driver == 'gpu.example.com' && "
        "device.attributes['gpu.example.com'].type == ";
    inventory.device_classes = {{"gpu.example.com", "", {is + "'gpu'"}},
                                {"mig.example.com", "", {is + "'mig'"}},
                                {"any", "", {}},
                                {"odd", "", {is + "'gpu'", "device.driver.matches('x')"}}};
    CHECK(cluster::devices_of("gpu.example.com", inventory).size() == 10);
    CHECK(cluster::devices_of("mig.example.com", inventory).size() == 6);
    CHECK(cluster::devices_of("any", inventory).size() == 16);
    CHECK(cluster::uncertainty_of("gpu.example.com", inventory) == "");
    cluster::Wishes wanted;
    wanted.image = "registry.example/assay:1";
    wanted.nodes = 2;
    CHECK(cluster::make_plan(wanted, inventory, "r1").devices == 5);
    cluster::Inventory split = inventory;
    std::erase_if(split.device_classes, [](const auto& one) { return one.name == "any"; });
    for (cluster::Device& device : split.devices) device.attributes["type"] = "mig";
    CHECK(cluster::make_plan(wanted, split, "r1").reasons.front() ==
          "allocation none: no known DeviceClass has devices (mig.example.com has 16: "
          "--device-class takes from one) and no node offers nvidia.com/gpu");
    wanted.device_class = "odd";
    const cluster::Plan odd = cluster::make_plan(wanted, inventory, "r1");
    CHECK(odd.reasons.back().find("whether DeviceClass odd selects 10 devices is not known: ") ==
          0);
    inventory.devices.front().attributes.erase("type");
    CHECK(cluster::uncertainty_of("gpu.example.com", inventory)
              .find("fails on device gpu-0 of node-a") != std::string::npos);
  }
}

}  // namespace assay::test
