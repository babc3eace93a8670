// The copies between a node's devices that a profile asks for, and what documents hold of each.
#pragma once

#include <string>
#include <vector>

#include "harness/conformance/devices.h"
#include "harness/core/asked_cases.h"

namespace assay {

/// Copies from one device to another of its node: one case of the profile in one direction, alone
/// or while disjoint pairs copy at once. `members` may be empty: that is what `missing` means.
struct DeviceCopies : AskedGroup {
  DeviceRef from, to;
  bool at_once = false;
  std::vector<const Measurement*> members;

  /// `workload.dtype/shape from device 0 to device 1`, with the series when it is not cold.
  std::string name() const;
};

/// Every ordered pair of devices of every node alone, and at once where there are devices for two
/// disjoint pairs; nothing of nodes with one device.
std::vector<DeviceCopies> device_copies(const Evidence& evidence);

/// The pair as a subject: node, indices and PCI addresses.
Subject subject_of(const DeviceCopies& copies);

}  // namespace assay
