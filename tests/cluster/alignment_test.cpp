// Accelerators and NICs of one place, on nodes whose slices are the recorded ones with places
// added.
#include "harness/cluster/alignment.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cluster/folder.h"
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
  inventory.device_classes.push_back({"dra.net", "", {}});
  for (const char* node : {"node-a", "node-b"})
    for (int nic = 0; nic < with_nic; ++nic)
      inventory.devices.push_back({"dra.net",
                                   node,
                                   fmt::format("eth{}", nic),
                                   "",
                                   {{kRoot, fmt::format("pci{:04}", nic)}}});
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

std::string why_not_aligned(const cluster::Wishes& wanted, const cluster::Inventory& inventory) {
  return fmt::format("{}", fmt::join(cluster::make_plan(wanted, inventory, "r1").faults, "; "));
}

}  // namespace

TEST_SUITE("cluster") {
  TEST_CASE("an aligned claim has as many accelerators as share a place with a NIC") {
    const cluster::Plan plan = cluster::make_plan(aligned_wishes(), rooted(4), "r1");
    CHECK(plan.faults == std::vector<std::string>{});
    CHECK(plan.devices == 2);
    cluster::Wishes anywhere = aligned_wishes();
    anywhere.alignment.clear();
    CHECK(cluster::make_plan(anywhere, rooted(4), "r1").devices == 8);
  }

  TEST_CASE("a claim that no place of enough nodes can meet is refused by name") {
    cluster::Wishes wanted = aligned_wishes();
    wanted.devices_per_node = 4;
    CHECK(
        why_not_aligned(wanted, rooted(4)) ==
        "2 nodes are wanted and 0 have 4 devices of gpu.example.com under one pcieRoot with a NIC "
        "of dra.net: lower --devices-per-node, or name another --alignment");
    cluster::Inventory one_sided = rooted(4);
    std::erase_if(one_sided.devices, [](const cluster::Device& device) {
      return device.driver == "dra.net" && device.pool == "node-b";
    });
    CHECK(why_not_aligned(aligned_wishes(), one_sided).find("2 nodes are wanted and 1 have 2") ==
          0);
    cluster::Inventory elsewhere = rooted(4);
    for (cluster::Device& device : elsewhere.devices)
      if (device.driver == "dra.net") device.attributes[kRoot] = "pci0099";
    CHECK(why_not_aligned(aligned_wishes(), elsewhere).find("and 0 have") != std::string::npos);
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

  TEST_CASE("the components of an aligned claim are written and of any other are not") {
    cluster::Wishes wanted = aligned_wishes();
    const auto kustomization = [&] {
      return cluster::kustomization_text(cluster::make_plan(wanted, rooted(4), "r1"));
    };
    const std::string aligned = kustomization();
    const std::size_t dra = aligned.find("- ../components/allocation/dra\n");
    const std::size_t rdma = aligned.find("- ../components/network/rdma\n");
    CHECK(dra < rdma);  // each patches what the one before it has made
    CHECK(rdma < aligned.find("- ../components/network/aligned\n"));
    CHECK(aligned.find("- ../components/network/aligned\n") != std::string::npos);
    CHECK(cluster::parameters_text(cluster::make_plan(wanted, rooted(4), "r1"))
              .find("alignment: \"resource.kubernetes.io/pcieRoot\"") != std::string::npos);
    wanted.alignment.clear();
    CHECK(kustomization().find("network/aligned") == std::string::npos);
    CHECK(kustomization().find("network/rdma") != std::string::npos);
  }
}

}  // namespace assay::test
