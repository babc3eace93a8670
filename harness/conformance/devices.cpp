// How a verdict names a device: by everything that is printed on it or on its slot.
#include "harness/conformance/devices.h"

#include <fmt/format.h>

namespace assay {

std::vector<DeviceRef> devices_of(const Result& result) {
  std::vector<DeviceRef> devices;
  for (const NodeFacts& node : result.nodes) {
    for (const DeviceFacts& device : node.devices) devices.push_back({&result, &node, &device});
  }
  return devices;
}

std::vector<DeviceRef> devices_of(const Evidence& evidence) {
  std::vector<DeviceRef> devices;
  for (const Result& result : evidence.results) {
    for (const DeviceRef& device : devices_of(result)) devices.push_back(device);
  }
  return devices;
}

Subject subject_of(const DeviceRef& ref) {
  const DeviceFacts& device = *ref.device;
  std::string name = fmt::format("{} device {}, {}", ref.node->name, device.index, device.name);
  if (device.serial) name += ", serial " + *device.serial;
  if (device.board_part_number) name += ", board " + *device.board_part_number;
  if (device.pci_bus_id) name += ", PCI " + *device.pci_bus_id;
  if (!device.serial) name += ", " + device.uuid;
  return {"device", name};
}

Subject subject_of(const NodeFacts& node) { return {"node", node.name}; }

Json device_figures(const DeviceRef& ref) {
  return {{"node", ref.node->name}, {"device", ref.device->index}, {"uuid", ref.device->uuid}};
}

}  // namespace assay
