// Which copies are measured together.
#pragma once

#include <string>
#include <vector>

namespace assay {

inline constexpr int kHostMemory = -1;

/// Devices by their index, or kHostMemory.
struct PlannedCopy {
  int from = kHostMemory, to = kHostMemory;
  bool operator==(const PlannedCopy&) const = default;
};

/// Copies that run at once; `workload` as in case ids: host_to_device, device_to_host,
/// device_to_device.
struct PlannedCopies {
  std::string workload;
  std::vector<PlannedCopy> at_once;
};

/// All devices from the host and to it at once; then every ordered pair of devices alone; then
/// rounds of disjoint pairs at once, each round in both directions, one after the other. Nothing
/// for fewer than two devices.
std::vector<PlannedCopies> plan_copies(int devices);

}  // namespace assay
