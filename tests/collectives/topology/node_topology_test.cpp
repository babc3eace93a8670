// What is read of several machines' sysfs, and of NVLink from a stub of NVML.
#include "collectives/topology/node_topology.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/collectives/topology/machine.h"

using namespace assay;
using test::Machine;

namespace {

const Nic& nic_named(const NodeTopology& topology, const std::string& name) {
  for (const Nic& nic : topology.nics) {
    if (nic.name == name) return nic;
  }
  throw Error("no NIC " + name);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a DGX has a NIC beside each GPU and two NUMA nodes") {
    const Machine machine("dgx_h100");
    const NodeFacts node = test::node_with_gpus("dgx", test::kDgxGpus);
    const NodeTopology topology = read_node_topology(node, nullptr, machine.sys());
    CHECK(topology.numa_nodes == std::vector<int>{0, 1});
    REQUIRE(topology.gpus.size() == 8);
    const PciPlace& third = *topology.gpus[2].pci;
    CHECK(third.address == "0000:52:00.0");
    CHECK(third.root == "pci0000:48");
    CHECK(third.bridges ==
          std::vector<std::string>{"0000:48:01.0", "0000:49:00.0", "0000:4a:02.0"});
    CHECK(third.numa_node == 0);
    CHECK(third.generation == 5);
    CHECK(third.width == 16);
    CHECK(topology.gpus[7].pci->numa_node == 1);
    CHECK(topology.nics.size() == 10);  // eight rails, storage, one plain port; none is virtual
    const Nic& rail = nic_named(topology, "mlx5_4:1");
    CHECK(rail.pci->root == third.root);
    CHECK(rail.link_layer == "InfiniBand");
    CHECK(rail.interface == "ibp79s0");
    CHECK(rail.is_up);
    CHECK(rail.bytes_per_s == doctest::Approx(50e9));
    CHECK_FALSE(nic_named(topology, "mlx5_1:1").is_up);
    CHECK(nic_named(topology, "eno3").bytes_per_s == doctest::Approx(125e6));
  }

  TEST_CASE("a NIC is no faster than its slot") {
    const Machine machine("two_sockets_pcie");
    const NodeTopology topology = read_node_topology({}, nullptr, machine.sys());
    const Nic& nic = nic_named(topology, "mlx5_0:1");
    CHECK(nic.port_bytes_per_s == doctest::Approx(25e9));
    CHECK(nic.pci->width == 8);
    CHECK(nic.bytes_per_s < 16e9);
    CHECK(nic.bytes_per_s > 15e9);
  }

  TEST_CASE("what the firmware does not say is absent and not zero") {
    const Machine machine("cloud_efa");
    const NodeFacts node = test::node_with_gpus("vm", {"0000:00:1e.0", "0000:00:77.0"});
    const NodeTopology topology = read_node_topology(node, nullptr, machine.sys());
    CHECK(topology.gpus[0].pci->root == "pci0000:00");
    CHECK(topology.gpus[0].pci->bridges.empty());
    CHECK_FALSE(topology.gpus[0].pci->numa_node);
    CHECK_FALSE(topology.gpus[0].pci->generation);
    CHECK_FALSE(topology.gpus[1].pci);  // not in this sysfs
    const Nic& efa = nic_named(topology, "rdmap0s29:1");
    CHECK(efa.link_layer == "Unspecified");
    CHECK(efa.is_rdma);
    CHECK(efa.bytes_per_s == doctest::Approx(12.5e9));
    const Nic& virtio = nic_named(topology, "eth0");
    CHECK(virtio.pci->address == "0000:00:05.0");  // the PCI device that virtio hangs below
    CHECK(virtio.bytes_per_s == 0);
  }

  TEST_CASE("a PCI domain beyond the first and a plain desk are read") {
    const Machine tray("gb200_tray");
    const NodeFacts node = test::node_with_gpus("tray", {"00000008:01:00.0", "0019:01:00.0"});
    const NodeTopology topology = read_node_topology(node, nullptr, tray.sys());
    CHECK(topology.gpus[0].pci->root == "pci0008:00");
    CHECK(topology.gpus[1].pci->numa_node == 1);
    CHECK(topology.nics.size() == 4);
    const Machine desk("desk");
    const NodeTopology small = read_node_topology({}, nullptr, desk.sys());
    REQUIRE(small.nics.size() == 2);
    CHECK(nic_named(small, "enp5s0").bytes_per_s == doctest::Approx(312.5e6));
    CHECK_FALSE(nic_named(small, "wlp6s0").is_up);
  }

  TEST_CASE("the topology of this machine is read whatever it is") {
    const NodeTopology topology = read_node_topology({}, nullptr);
    for (const Nic& nic : topology.nics) CHECK_FALSE(nic.name.empty());
    CHECK(read_node_topology({}, nullptr, "/nonexistent").nics.empty());
  }

  TEST_CASE("a document's node says where its devices and NICs are") {
    const Machine machine("dgx_h100");
    NodeFacts node = test::node_with_gpus("dgx", test::kDgxGpus);
    NodeTopology topology = read_node_topology(node, nullptr, machine.sys());
    for (GpuPlace& gpu : topology.gpus) gpu.nvlink_domain = "dgx/nvlink0";
    add_topology(topology, node);
    const Json& gpu = node.topology["gpus"][2];
    CHECK(gpu["index"] == 2);
    CHECK(gpu["uuid"] == "GPU-dgx-2");
    CHECK(gpu["pci_bus_id"] == "0000:52:00.0");
    CHECK(gpu["bridges"] == Json{"0000:48:01.0", "0000:49:00.0", "0000:4a:02.0"});
    CHECK(gpu["pcie_generation"] == 5);
    CHECK(gpu["pcie_width"] == 16);
    CHECK(gpu["pcie_root"] == "pci0000:48");
    CHECK(gpu["numa_node"] == 0);
    CHECK(gpu["nvlink_domain"] == "dgx/nvlink0");
    CHECK(node.topology["numa_nodes"] == Json{0, 1});
    CHECK(node.nics.size() == 10);
    const auto rail = std::find_if(node.nics.begin(), node.nics.end(),
                                   [](const Json& nic) { return nic["name"] == "mlx5_4:1"; });
    REQUIRE(rail != node.nics.end());
    CHECK((*rail)["interface"] == "ibp79s0");
    CHECK((*rail)["link_layer"] == "InfiniBand");
    CHECK((*rail)["rdma"] == true);
    CHECK((*rail)["up"] == true);
    CHECK((*rail)["bytes_per_s"] == 50e9);
    CHECK((*rail)["port_bytes_per_s"] == 50e9);
    CHECK((*rail)["pcie_root"] == "pci0000:48");
    // What the firmware of a virtual machine does not say is no field.
    const Machine cloud("cloud_efa");
    NodeFacts vm = test::node_with_gpus("vm", {"0000:00:1e.0", "0000:00:77.0"});
    add_topology(read_node_topology(vm, nullptr, cloud.sys()), vm);
    for (const char* field : {"numa_node", "pcie_generation", "pcie_width", "nvlink_domain"})
      CHECK_FALSE_MESSAGE(vm.topology["gpus"][0].contains(field), field);
    CHECK(vm.topology["gpus"][0]["pcie_root"] == "pci0000:00");
    CHECK_FALSE(vm.topology["gpus"][1].contains("pcie_root"));
    CHECK_FALSE(NodeFacts().topology.contains("gpus"));
  }

  TEST_CASE("switches join all GPUs of a node and bridges join pairs") {
    std::vector<NvlinkEnds> gpus = {{"a", {}, true, ""}, {"b", {}, true, ""}, {"c", {}, false, ""}};
    CHECK(nvlink_domains(gpus, "n") == std::vector<std::string>{"n/nvlink0", "n/nvlink0", ""});
    gpus = {{"a", {"c"}, false, ""},
            {"b", {"d"}, false, ""},
            {"c", {"a"}, false, ""},
            {"d", {"b"}, false, ""}};
    CHECK(nvlink_domains(gpus, "n") ==
          std::vector<std::string>{"n/nvlink0", "n/nvlink1", "n/nvlink0", "n/nvlink1"});
    gpus = {{"a", {}, true, "f00d.7"}, {"b", {}, true, "f00d.7"}};
    CHECK(nvlink_domains(gpus, "n") == std::vector<std::string>{"f00d.7", "f00d.7"});
    CHECK(nvlink_domains({{"a", {}, true, ""}}, "n") == std::vector<std::string>{""});
  }

  TEST_CASE("NVLink's ends are read from NVML") {
    setenv("ASSAY_CUDA_LIBS", ASSAY_STUBS, 1);
    const auto nvml = Nvml::load();
    REQUIRE(nvml);
    const auto gpus = read_nvlink(*nvml, {"0000:1b:00.0", "0000:ff:00.0"});
    CHECK(gpus[0].to_switch);
    CHECK(gpus[0].peers == std::vector<std::string>{"0000:43:00.0"});
    CHECK(gpus[0].fabric == "0123456789abcdef0123456789abcdef.5");
    CHECK_FALSE(gpus[1].to_switch);
    CHECK(gpus[1].fabric == "");
  }
}
