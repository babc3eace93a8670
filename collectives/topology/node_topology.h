// The places of one node's devices and NICs, and their description in a document.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "collectives/topology/nics.h"
#include "collectives/topology/nvlink.h"
#include "harness/core/result.h"

namespace assay {

struct GpuPlace {
  int index = 0;
  std::string uuid;
  std::optional<PciPlace> pci;
  std::string nvlink_domain;  // empty: none
};

struct NodeTopology {
  std::vector<int> numa_nodes;
  std::vector<GpuPlace> gpus;
  std::vector<Nic> nics;
};

/// `nvml` may be null: then there are no NVLink domains. `sys` is `/sys`.
NodeTopology read_node_topology(const NodeFacts& node, const Nvml* nvml,
                                const std::filesystem::path& sys = "/sys");

/// Adds `topology.gpus`, `topology.numa_nodes` and `nics` to the node's facts.
void add_topology(const NodeTopology& topology, NodeFacts& node);

}  // namespace assay
