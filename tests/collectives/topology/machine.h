// A recorded sysfs as a folder, and the node that was found in it.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "collectives/topology/node_topology.h"
#include "harness/core/error.h"

namespace assay::test {

/// Built when made, gone with the object.
class Machine {
 public:
  explicit Machine(const std::string& name) {
    char pattern[] = "/tmp/assay-machine-XXXXXX";
    sys_ = mkdtemp(pattern);
    std::ifstream lines(std::string(ASSAY_MACHINES) + "/" + name + ".txt");
    if (!lines) throw Error("there is no machine " + name);
    for (std::string kind, path, rest; lines >> kind >> path && std::getline(lines, rest);) {
      const std::string value = rest.empty() ? "" : rest.substr(1);
      std::filesystem::create_directories((sys_ / path).parent_path());
      if (kind == "file") {
        std::ofstream(sys_ / path) << value << "\n";
      } else {
        std::filesystem::create_symlink(sys_ / value, sys_ / path);
      }
    }
  }
  ~Machine() { std::filesystem::remove_all(sys_); }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  const std::filesystem::path& sys() const { return sys_; }

 private:
  std::filesystem::path sys_;
};

/// A node with a GPU at each address; its rates are NVLink's 450 GB/s and PCIe's 63 GB/s.
inline NodeFacts node_with_gpus(const std::string& name,
                                const std::vector<std::string>& addresses) {
  NodeFacts node;
  node.name = name;
  for (const std::string& address : addresses) {
    DeviceFacts gpu;
    gpu.index = static_cast<int>(node.devices.size());
    gpu.uuid = "GPU-" + name + "-" + std::to_string(gpu.index);
    gpu.pci_bus_id = address;
    gpu.speed_of_light.nvlink_bytes_per_s = 450e9;
    gpu.speed_of_light.pcie_bytes_per_s = 63e9;
    node.devices.push_back(gpu);
  }
  return node;
}

inline const std::vector<std::string> kDgxGpus = {"0000:1B:00.0", "0000:43:00.0", "0000:52:00.0",
                                                  "0000:61:00.0", "0000:9D:00.0", "0000:C3:00.0",
                                                  "0000:D1:00.0", "0000:DF:00.0"};

}  // namespace assay::test
