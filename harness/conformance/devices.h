// Devices and nodes of the evidence, and how a verdict names them.
#pragma once

#include <string>
#include <vector>

#include "harness/conformance/requirement.h"

namespace assay {

/// One device in the document that describes it.
struct DeviceRef {
  const Result* result = nullptr;
  const NodeFacts* node = nullptr;
  const DeviceFacts* device = nullptr;
};

/// Every device of every document, in the documents' order.
std::vector<DeviceRef> devices_of(const Evidence& evidence);
std::vector<DeviceRef> devices_of(const Result& result);

/// What someone needs to pull the right card: node, index, serial, board part number and PCI
/// address; the UUID where there is no serial.
Subject subject_of(const DeviceRef& device);
Subject subject_of(const NodeFacts& node);

/// Starts a `figures` entry that belongs to a device: its node, index and UUID.
Json device_figures(const DeviceRef& device);

}  // namespace assay
