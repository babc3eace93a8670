// Where a PCI device hangs, from sysfs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace assay {

struct PciPlace {
  std::string address;                   // `0000:1b:00.0`
  std::string root;                      // the host bridge: `pci0000:15`
  std::vector<std::string> bridges;      // from the root port down to the device's parent
  std::optional<int> numa_node;          // absent: one node, or the firmware does not say
  std::optional<int> generation, width;  // of the link as it runs now
  double link_bytes_per_s = 0;           // one direction; 0: not known
};

/// `address` in any case, with or without its leading zeros as NVML writes them
/// (`00000000:1B:00.0`). Nothing when `sys` (`/sys`) does not know it.
std::optional<PciPlace> read_pci(const std::filesystem::path& sys, const std::string& address);
/// The device that a sysfs link such as `/sys/class/net/eth0/device` leads to: the nearest PCI
/// device on its path, which also finds what hangs below one (virtio).
std::optional<PciPlace> read_pci_of(const std::filesystem::path& sys,
                                    const std::filesystem::path& link);

/// `0000:1b:00.0`; empty when the text is no PCI address.
std::string pci_address(const std::string& text);

/// A small sysfs file's first line; empty when it cannot be read.
std::string read_line(const std::filesystem::path& path);

}  // namespace assay
