// A PCI device's place in the hierarchy of buses, from sysfs.
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
  std::optional<int> numa_node;          // absent: one node, or not reported
  std::optional<int> generation, width;  // of the link at present
  double link_bytes_per_s = 0;           // one direction; 0: not known
};

/// `address` may be upper or lower case, and may have NVML's longer domain (`00000000:1B:00.0`).
/// Nothing when `sys` (`/sys`) does not have it.
std::optional<PciPlace> read_pci(const std::filesystem::path& sys, const std::string& address);
/// The device that a sysfs link such as `/sys/class/net/eth0/device` points to: the nearest PCI
/// device on its path, so that devices below one (virtio) are found too.
std::optional<PciPlace> read_pci_of(const std::filesystem::path& sys,
                                    const std::filesystem::path& link);

/// `0000:1b:00.0`; empty when the text is no PCI address.
std::string pci_address(const std::string& text);

/// A small sysfs file's first line; empty when it cannot be read.
std::string read_line(const std::filesystem::path& path);

}  // namespace assay
