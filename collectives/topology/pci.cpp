// Follows sysfs links to the PCI tree.
#include "collectives/topology/pci.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "harness/core/gpu_tables.h"
#include "harness/core/regular_expression.h"

namespace assay {

namespace fs = std::filesystem;

namespace {

/// `32.0 GT/s PCIe` as 5; nothing for what is no PCIe rate.
std::optional<int> generation_of(const std::string& speed) {
  const double rate = std::atof(speed.c_str());
  int generation = 0;
  for (const double each : {2.5, 5.0, 8.0, 16.0, 32.0, 64.0}) {
    ++generation;
    if (rate == each) return generation;
  }
  return std::nullopt;
}

std::optional<int> positive(const std::string& text) {
  const int value = std::atoi(text.c_str());
  if (value <= 0) return std::nullopt;
  return value;
}

PciPlace place_at(const fs::path& device) {
  PciPlace place;
  place.address = device.filename().string();
  for (const fs::path& part : device) {
    const std::string name = part.string();
    if (name.starts_with("pci") && name.find(':') != std::string::npos) {
      place.root = name;
    } else if (!pci_address(name).empty() && name != place.address) {
      place.bridges.push_back(name);
    }
  }
  const std::string numa = read_line(device / "numa_node");
  if (!numa.empty() && std::atoi(numa.c_str()) >= 0) place.numa_node = std::atoi(numa.c_str());
  place.generation = generation_of(read_line(device / "current_link_speed"));
  place.width = positive(read_line(device / "current_link_width"));
  if (place.generation && place.width) {
    place.link_bytes_per_s = pcie_lane_bytes_per_s(*place.generation) * *place.width;
  }
  return place;
}

}  // namespace

std::string read_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string pci_address(const std::string& text) {
  static const RegularExpression kAddress("^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]$");
  constexpr std::string_view kNvmlZeros = "0000";  // NVML writes eight digits of the domain
  std::string address = text;
  std::transform(address.begin(), address.end(), address.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (address.find(':') == 8 && address.starts_with(kNvmlZeros))
    address.erase(0, kNvmlZeros.size());
  return kAddress.is_found_in(address) ? address : "";
}

std::optional<PciPlace> read_pci(const fs::path& sys, const std::string& address) {
  const std::string known = pci_address(address);
  if (known.empty()) return std::nullopt;
  return read_pci_of(sys, sys / "bus/pci/devices" / known);
}

std::optional<PciPlace> read_pci_of(const fs::path& sys, const fs::path& link) {
  std::error_code missing;
  fs::path device = fs::canonical(link, missing);
  if (missing) return std::nullopt;
  const fs::path top = fs::canonical(sys, missing);
  while (device.has_relative_path() && device != top && device != device.parent_path()) {
    if (!pci_address(device.filename().string()).empty()) return place_at(device);
    device = device.parent_path();
  }
  return std::nullopt;
}

}  // namespace assay
