// Accelerators and NICs of one place, on nodes whose slices are the recorded ones with places
// added.
#include "harness/cluster/alignment.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cluster/folder.h"
#include "harness/cluster/nics.h"
#include "tests/cluster/recordings.h"
#include "tests/core/scratch_folder.h"

namespace assay::test {

namespace {

constexpr const char* kRoot = "resource.kubernetes.io/pcieRoot";

/// Two of the eight accelerators of a node under each root, and a NIC under the first `with_nic`.
cluster::Inventory rooted(int with_nic) {
  cluster::Inventory inventory = two_nodes();
  std::map<std::string, int> seen;
  for (cluster::Device& device : inventory.devices)
    device.attributes[kRoot] = fmt::format("pci{:04}", seen[device.pool]++ / 2);
  inventory.device_classes.push_back({"dra.net", "", {"device.driver == \"dra.net\""}});
  for (const char* node : {"node-a", "node-b"})
    for (int nic = 0; nic < with_nic; ++nic)
      inventory.devices.push_back(
          {"dra.net",
           node,
           fmt::format("eth{}", nic),
           "",
           {{kRoot, fmt::format("pci{:04}", nic)}, {"rdma", "true"}, {"ifName", "eth"}},
           {{"rdma", "bool"}}});
  return inventory;
}

cluster::Wishes aligned_wishes() {
  cluster::Wishes wanted;
  wanted.profile = "quick";
  wanted.image = "registry.example/assay:1";
  wanted.name_space = "bench";
  wanted.nodes = 2;
  wanted.nic_class = "dra.net";
  wanted.alignment = "pcieRoot";
  return wanted;
}

/// Two NICs under each of the four roots of a node.
cluster::Inventory two_rails() {
  cluster::Inventory inventory = rooted(4);
  const std::vector<cluster::Device> once = inventory.devices;
  for (cluster::Device device : once) {
    if (device.driver != "dra.net") continue;
    device.name += "b";
    inventory.devices.push_back(device);
  }
  return inventory;
}

bool tells(const cluster::Plan& plan, const char* part) {
  return fmt::format("{}", fmt::join(plan.reasons, "; ")).find(part) != std::string::npos;
}

std::string why_not_aligned(const cluster::Wishes& wanted, const cluster::Inventory& inventory) {
  return fmt::format("{}", fmt::join(cluster::make_plan(wanted, inventory, "r1").faults, "; "));
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("an aligned claim has all accelerators of a node with as many NICs as can be paired") {
    const cluster::Plan plan = cluster::make_plan(aligned_wishes(), rooted(4), "r1");
    CHECK(plan.faults == std::vector<std::string>{});
    CHECK(plan.devices == 8);
    CHECK(plan.nics == 4);
    CHECK(tells(plan,
                "4 NICs of dra.net a node, 2 accelerators and 1 NIC under one pcieRoot each "
                "time"));
    const cluster::Plan half = cluster::make_plan(aligned_wishes(), rooted(2), "r1");
    CHECK(half.faults == std::vector<std::string>{});
    CHECK(half.devices == 4);
    CHECK(half.nics == 2);
    const cluster::Plan eight = cluster::make_plan(aligned_wishes(), two_rails(), "r1");
    CHECK(eight.devices == 8);
    CHECK(eight.nics == 8);
    CHECK(tells(eight, "1 accelerator and 1 NIC under one pcieRoot each time"));
  }

  TEST_CASE("a claim that is not aligned has as many NICs as enough nodes have") {
    cluster::Wishes anywhere = aligned_wishes();
    anywhere.alignment.clear();
    const cluster::Plan plan = cluster::make_plan(anywhere, rooted(5), "r1");
    CHECK(plan.devices == 8);
    CHECK(plan.nics == 4);  // as many for each accelerator
    CHECK(tells(plan, "4 NICs of dra.net a node, wherever they are"));
    anywhere.nics_per_node = 5;
    CHECK(cluster::make_plan(anywhere, rooted(5), "r1").nics == 5);
    anywhere.nics_per_node = 6;
    CHECK(why_not_aligned(anywhere, rooted(5)) ==
          "2 nodes are wanted and 0 have 8 devices of gpu.example.com and 6 NICs of dra.net, "
          "wherever they are: lower --devices-per-node or --nics-per-node");
  }

  TEST_CASE("several NICs of one accelerator may be asked for") {
    cluster::Wishes wanted = aligned_wishes();
    wanted.devices_per_node = 2, wanted.nics_per_node = 4;
    const cluster::Plan plan = cluster::make_plan(wanted, two_rails(), "r1");
    CHECK(plan.faults == std::vector<std::string>{});
    CHECK(tells(plan,
                "4 NICs of dra.net a node, 1 accelerator and 2 NICs under one pcieRoot each "
                "time"));
    wanted.nics_per_node = 3;
    CHECK(why_not_aligned(wanted, two_rails())
              .find("and 0 have 2 devices of gpu.example.com and 3 "
                    "NICs of dra.net, 2 accelerators and 3 NICs "
                    "under one pcieRoot: lower") != std::string::npos);
  }

  TEST_CASE("a claim that no place of enough nodes can meet is refused by name") {
    cluster::Wishes wanted = aligned_wishes();
    wanted.devices_per_node = 3;
    CHECK(why_not_aligned(wanted, rooted(2)) ==
          "2 nodes are wanted and 0 have 3 devices of gpu.example.com and 3 NICs of dra.net, 1 "
          "accelerator and 1 NIC under one pcieRoot each time: lower --devices-per-node or "
          "--nics-per-node, or name another --alignment");
    cluster::Inventory one_sided = rooted(4);
    std::erase_if(one_sided.devices, [](const cluster::Device& device) {
      return device.driver == "dra.net" && device.pool == "node-b";
    });
    CHECK(why_not_aligned(aligned_wishes(), one_sided).find("2 nodes are wanted and 1 has 8") == 0);
    cluster::Inventory elsewhere = rooted(4);
    for (cluster::Device& device : elsewhere.devices)
      if (device.driver == "dra.net") device.attributes[kRoot] = "pci0099";
    CHECK(why_not_aligned(aligned_wishes(), elsewhere).find("and 0 have") != std::string::npos);
    cluster::Inventory plain = rooted(4);
    for (cluster::Device& device : plain.devices) device.attributes.erase("rdma");
    CHECK(why_not_aligned(aligned_wishes(), plain) ==
          "no NIC of class dra.net publishes dra.net/rdma as true");
  }

  TEST_CASE("a claim that holds more devices than the API lets it is refused") {
    cluster::Wishes wanted = aligned_wishes();
    wanted.alignment.clear();
    wanted.devices_per_node = 20, wanted.nics_per_node = 20;
    CHECK(
        why_not_aligned(wanted, rooted(4))
            .find(
                "40 devices are wanted in the ResourceClaim of a pod, and Kubernetes allocates at "
                "most 32 to one claim: name fewer with --devices-per-node or "
                "--nics-per-node") != std::string::npos);
  }

  TEST_CASE("a quota of NICs that is too small is told before anything is applied") {
    cluster::Inventory inventory = rooted(4);
    inventory.quotas = {{"few", {{"dra.net.deviceclass.resource.k8s.io/devices", "7"}}, {}}};
    CHECK(why_not_aligned(aligned_wishes(), inventory) ==
          "the namespace's quota few is too small: it allows "
          "dra.net.deviceclass.resource.k8s.io/devices=7, 0 is used and 8 more is needed");
  }

  TEST_CASE("what an alignment lacks is named") {
    cluster::Wishes wanted = aligned_wishes();
    wanted.alignment = "numaNode";
    CHECK(why_not_aligned(wanted, rooted(4))
              .find("no device of class dra.net publishes resource.kubernetes.io/numaNode") == 0);
    wanted.nic_class = "rdma";
    CHECK(why_not_aligned(wanted, rooted(4)).find("DeviceClass rdma of the NICs is absent") == 0);
    CHECK(
        why_not_aligned(aligned_wishes(), rooted(0)).find("no NIC of class dra.net is published") ==
        0);
    wanted = aligned_wishes();
    wanted.allocation = "none";
    CHECK(why_not_aligned(wanted, rooted(4)).find("that needs allocation dra") !=
          std::string::npos);
  }

  TEST_CASE("the components of a claim are those of its NICs") {
    cluster::Wishes wanted = aligned_wishes();
    const auto names = [&](const cluster::Inventory& inventory) {
      const std::string text =
          cluster::kustomization_text(cluster::make_plan(wanted, inventory, "r1"));
      std::string found;
      for (const char* name :
           {"allocation/dra", "network/rdma", "network/aligned", "network/paired"})
        if (text.find(fmt::format("- ../components/{}\n", name)) != std::string::npos)
          found += fmt::format("{} ", name);
      return found;
    };
    CHECK(names(rooted(4)) == "allocation/dra network/paired ");
    wanted.devices_per_node = 2, wanted.nics_per_node = 1;
    CHECK(names(rooted(4)) == "allocation/dra network/rdma network/aligned ");
    CHECK(cluster::parameters_text(cluster::make_plan(wanted, rooted(4), "r1"))
              .find("nics: \"1\"\n  alignment: \"resource.kubernetes.io/pcieRoot\"") !=
          std::string::npos);
    wanted.alignment.clear();
    CHECK(names(rooted(4)) == "allocation/dra network/rdma ");
  }

  TEST_CASE("the shipped pairs are those that a plan for eight writes") {
    const std::string root = std::string(ASSAY_SOURCE_DIR) + "/manifests/components/network/";
    cluster::Plan plan = cluster::make_plan(aligned_wishes(), two_rails(), "r1");
    CHECK(cluster::paired_text(plan) == read_text(root + "paired/kustomization.yaml"));
    CHECK(read_text(root + "rdma/kustomization.yaml").find(cluster::kRdma) != std::string::npos);
    const ScratchFolder scratch;
    plan = cluster::make_plan(aligned_wishes(), rooted(4), "r1");
    cluster::write_kustomization(plan, scratch.path());
    const std::string text =
        read_text(scratch.path() / "components/network/paired/kustomization.yaml");
    CHECK(text == cluster::paired_text(plan));
    CHECK(text.find("name: accelerator-3\n        exactly: {deviceClassName: gpu.nvidia.com, "
                    "allocationMode: ExactCount, count: 2}") != std::string::npos);
    CHECK(text.find("accelerator-4") == std::string::npos);
  }
}

}  // namespace assay::test
