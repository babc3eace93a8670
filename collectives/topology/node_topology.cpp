// Reads one node's topology, and writes it into the document's node.
#include "collectives/topology/node_topology.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace assay {

namespace fs = std::filesystem;

namespace {

std::vector<int> read_numa_nodes(const fs::path& sys) {
  std::vector<int> nodes;
  std::error_code missing;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(sys / "devices/system/node", missing)) {
    const std::string name = entry.path().filename().string();
    if (name.size() > 4 && name.starts_with("node") &&
        std::isdigit(static_cast<unsigned char>(name[4]))) {
      nodes.push_back(std::atoi(name.c_str() + 4));
    }
  }
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

void put_place(const std::optional<PciPlace>& pci, Json& to) {
  if (!pci) return;
  to["pci_bus_id"] = pci->address;
  to["pcie_root"] = pci->root;
  to["bridges"] = pci->bridges;
  if (pci->numa_node) to["numa_node"] = *pci->numa_node;
  if (pci->generation) to["pcie_generation"] = *pci->generation;
  if (pci->width) to["pcie_width"] = *pci->width;
}

}  // namespace

NodeTopology read_node_topology(const NodeFacts& node, const Nvml* nvml, const fs::path& sys) {
  NodeTopology topology;
  topology.numa_nodes = read_numa_nodes(sys);
  topology.nics = read_nics(sys);
  std::vector<std::string> addresses;
  for (const DeviceFacts& device : node.devices) {
    if (!device.pci_bus_id) continue;  // the host's own processors
    topology.gpus.push_back({device.index, device.uuid, read_pci(sys, *device.pci_bus_id), ""});
    addresses.push_back(pci_address(*device.pci_bus_id));
  }
  if (!nvml) return topology;
  const std::vector<std::string> domains = nvlink_domains(read_nvlink(*nvml, addresses), node.name);
  for (std::size_t i = 0; i < domains.size(); ++i) topology.gpus[i].nvlink_domain = domains[i];
  return topology;
}

void add_topology(const NodeTopology& topology, NodeFacts& node) {
  if (!topology.numa_nodes.empty()) node.topology["numa_nodes"] = topology.numa_nodes;
  Json gpus = Json::array();
  for (const GpuPlace& gpu : topology.gpus) {
    Json entry = {{"index", gpu.index}, {"uuid", gpu.uuid}};
    put_place(gpu.pci, entry);
    if (!gpu.nvlink_domain.empty()) entry["nvlink_domain"] = gpu.nvlink_domain;
    gpus.push_back(std::move(entry));
  }
  if (!gpus.empty()) node.topology["gpus"] = std::move(gpus);
  node.nics = Json::array();
  for (const Nic& nic : topology.nics) {
    Json entry = {{"name", nic.name},
                  {"link_layer", nic.link_layer},
                  {"rdma", nic.is_rdma},
                  {"up", nic.is_up}};
    if (!nic.interface.empty()) entry["interface"] = nic.interface;
    if (nic.bytes_per_s > 0) entry["bytes_per_s"] = nic.bytes_per_s;
    if (nic.port_bytes_per_s > 0) entry["port_bytes_per_s"] = nic.port_bytes_per_s;
    put_place(nic.pci, entry);
    node.nics.push_back(std::move(entry));
  }
}

}  // namespace assay
