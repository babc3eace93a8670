// Reads RDMA ports first, then the Ethernet interfaces that are none of theirs.
#include "collectives/topology/nics.h"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace assay {

namespace fs = std::filesystem;

namespace {

constexpr double kBitsPerByte = 8;

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code missing;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, missing)) {
    entries.push_back(entry.path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

void bound_by_slot(Nic& nic) {
  nic.bytes_per_s = nic.port_bytes_per_s;
  if (nic.pci && nic.pci->link_bytes_per_s > 0) {
    nic.bytes_per_s = std::min(nic.bytes_per_s, nic.pci->link_bytes_per_s);
  }
}

/// `/sys/class/infiniband/mlx5_0/ports/1`.
Nic rdma_port(const fs::path& sys, const fs::path& device, const fs::path& port) {
  Nic nic;
  nic.name = device.filename().string() + ":" + port.filename().string();
  nic.is_rdma = true;
  nic.link_layer = read_line(port / "link_layer");
  nic.is_up = read_line(port / "state").find("ACTIVE") != std::string::npos;
  // `400 Gb/sec (4X NDR)`
  nic.port_bytes_per_s = std::atof(read_line(port / "rate").c_str()) * 1e9 / kBitsPerByte;
  nic.pci = read_pci_of(sys, device / "device");
  const std::vector<fs::path> interfaces = sorted_entries(device / "device/net");
  if (!interfaces.empty()) nic.interface = interfaces.front().filename().string();
  bound_by_slot(nic);
  return nic;
}

std::optional<Nic> ethernet(const fs::path& sys, const fs::path& interface) {
  Nic nic;
  nic.name = nic.interface = interface.filename().string();
  nic.pci = read_pci_of(sys, interface / "device");
  if (!nic.pci) return std::nullopt;
  nic.link_layer = "Ethernet";
  nic.is_up = read_line(interface / "operstate") == "up";
  const double megabits = std::atof(read_line(interface / "speed").c_str());  // -1: not known
  nic.port_bytes_per_s = std::max(0.0, megabits) * 1e6 / kBitsPerByte;
  bound_by_slot(nic);
  return nic;
}

}  // namespace

std::vector<Nic> read_nics(const fs::path& sys) {
  std::vector<Nic> nics;
  std::set<std::string> owned;
  for (const fs::path& device : sorted_entries(sys / "class/infiniband")) {
    for (const fs::path& interface : sorted_entries(device / "device/net")) {
      owned.insert(interface.filename().string());
    }
    for (const fs::path& port : sorted_entries(device / "ports")) {
      nics.push_back(rdma_port(sys, device, port));
    }
  }
  for (const fs::path& interface : sorted_entries(sys / "class/net")) {
    if (owned.contains(interface.filename().string())) continue;
    if (auto nic = ethernet(sys, interface)) nics.push_back(std::move(*nic));
  }
  return nics;
}

}  // namespace assay
