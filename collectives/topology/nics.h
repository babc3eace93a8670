// The node's network ports, from sysfs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "collectives/topology/pci.h"

namespace assay {

struct Nic {
  std::string name;        // `mlx5_0:1` as NCCL names it, or the interface of a plain Ethernet port
  std::string interface;   // `ib0`, `eth0`; empty where the port has none
  std::string link_layer;  // InfiniBand | Ethernet | Unspecified (EFA)
  bool is_rdma = false;
  bool is_up = false;
  double port_bytes_per_s = 0;  // one direction; 0: not known
  double bytes_per_s = 0;       // the same, limited by the slot's rate
  std::optional<PciPlace> pci;
};

/// Sorted by name. Ports of virtual devices (bridges, loopback, container interfaces) are left out.
std::vector<Nic> read_nics(const std::filesystem::path& sys);

}  // namespace assay
