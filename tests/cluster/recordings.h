// Answers of a real cluster, from tests/cluster/recordings.
#pragma once

#include <string>

#include "harness/cluster/discover.h"
#include "harness/cluster/explain.h"
#include "harness/core/document.h"

namespace assay::test {

inline std::string recorded(const std::string& name) {
  return read_text(std::string(ASSAY_SOURCE_DIR) + "/tests/cluster/recordings/" + name);
}

inline bool is_recorded(const std::string& name) {
  return std::filesystem::exists(std::string(ASSAY_SOURCE_DIR) + "/tests/cluster/recordings/" +
                                 name);
}

/// Two nodes with eight mock devices each, as discovery found them.
inline cluster::Inventory two_nodes() {
  cluster::Inventory inventory;
  inventory.versions = cluster::read_versions(recorded("discovery/version.json"));
  inventory.api_versions = {"batch/v1", "resource.k8s.io/v1"};
  inventory.nodes = cluster::read_nodes(recorded("discovery/nodes.json"));
  inventory.device_classes = cluster::read_device_classes(recorded("discovery/deviceclasses.json"));
  inventory.devices = cluster::read_slices(recorded("discovery/resourceslices.json")).devices;
  return inventory;
}

}  // namespace assay::test
