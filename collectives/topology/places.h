// The place of every rank: its device, NVLink domain, PCIe root, NUMA node, node and rack.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// Names are unique in the whole world: PCIe roots of two nodes have different names. Empty: not
/// known.
struct RankPlace {
  int rank = 0;
  std::string device;  // UUID
  std::string node, rack;
  std::string nvlink_domain, pcie_root, numa_node;
  // Rates in one direction; 0: not known. The NIC rate is that of all of the node's NICs together.
  double nvlink_bytes_per_s = 0, pcie_bytes_per_s = 0, node_nic_bytes_per_s = 0;
  bool has_adding_switches = false;  // where NVLink joins more than two devices like it
};

using RackOfNode = std::map<std::string, std::string>;

/// One rank per device, in the order of nodes and of their devices. `nodes` must have been through
/// add_topology(). The NIC rate counts the RDMA ports that are up, or else the fastest Ethernet
/// port that is up.
std::vector<RankPlace> rank_places(const std::vector<NodeFacts>& nodes, const RackOfNode& racks);

/// The value of the first label of `keys` that a node has, e.g. `topology.kubernetes.io/rack`.
RackOfNode racks_from_labels(const std::vector<NodeFacts>& nodes,
                             const std::vector<std::string>& keys);

/// Reads a topology file: one rack per line, its name followed by its nodes; `#` begins a comment.
/// Throws Error naming the file and the wrong line: a rack without nodes, a node that appears
/// twice.
RackOfNode racks_from_file(const std::filesystem::path& path);
RackOfNode racks_from_text(const std::string& text, const std::string& where);

}  // namespace assay
