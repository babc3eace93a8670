// Where every rank is: its device, NVLink domain, PCIe root, NUMA node, node and rack.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// Names are of the whole world: a PCIe root of one node is not that of another. Empty: not known.
struct RankPlace {
  int rank = 0;
  std::string device;  // UUID
  std::string node, rack;
  std::string nvlink_domain, pcie_root, numa_node;
  // What one direction carries; 0: not known. The NICs' is that of all of the node's together.
  double nvlink_bytes_per_s = 0, pcie_bytes_per_s = 0, node_nic_bytes_per_s = 0;
};

using RackOfNode = std::map<std::string, std::string>;

/// One rank a device, nodes in their order and devices in theirs; `nodes` have been through
/// add_topology. The NICs that count are the RDMA ports that are up, or else the fastest Ethernet
/// port that is.
std::vector<RankPlace> rank_places(const std::vector<NodeFacts>& nodes, const RackOfNode& racks);

/// The value of the first label of `keys` that a node has, e.g. `topology.kubernetes.io/rack`.
RackOfNode racks_from_labels(const std::vector<NodeFacts>& nodes,
                             const std::vector<std::string>& keys);

/// A topology file: one rack a line, its name and then its nodes, `#` begins a comment. Throws
/// Error naming the file and line that is wrong: a rack without nodes, a node that is there twice.
RackOfNode racks_from_file(const std::filesystem::path& path);
RackOfNode racks_from_text(const std::string& text, const std::string& where);

}  // namespace assay
