// Every ordered pair of a node's devices, looked up by the members of the measurements' scopes.
#include "harness/conformance/device_copies.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "harness/conformance/asked_memo.h"

namespace assay {

namespace {

constexpr std::size_t kDevicesOfTwoPairs = 4;

/// A scope's members are each copy's source and destination in turn.
bool has_pair(const std::vector<std::string>& members, const DeviceCopies& copies) {
  for (std::size_t i = 0; i + 1 < members.size(); i += 2) {
    if (members[i] == copies.from.device->uuid && members[i + 1] == copies.to.device->uuid)
      return true;
  }
  return false;
}

bool belongs(const Measurement& measurement, const DeviceCopies& copies) {
  return measurement.id.workload == copies.workload && measurement.id.dtype == copies.dtype &&
         measurement.id.shape == copies.shape && measurement.series == copies.series &&
         (measurement.scope.members.size() > 2) == copies.at_once &&
         has_pair(measurement.scope.members, copies);
}

void add(DeviceCopies copies, std::vector<DeviceCopies>& all) {
  for (const Measurement& measurement : copies.from.result->measurements) {
    if (belongs(measurement, copies)) copies.members.push_back(&measurement);
  }
  all.push_back(std::move(copies));
}

/// What the profile asks of one pair.
void add_pair(const AskedGroup& asked, const DeviceRef& from, const DeviceRef& to,
              std::vector<DeviceCopies>& all) {
  DeviceCopies copies{asked, from, to, false, {}};
  add(copies, all);
  if (from.node->devices.size() < kDevicesOfTwoPairs) return;
  copies.at_once = true;
  add(copies, all);
}

std::string with_address(const DeviceFacts& device) {
  if (!device.pci_bus_id) return fmt::format("device {}, {}", device.index, device.uuid);
  return fmt::format("device {}, PCI {}", device.index, *device.pci_bus_id);
}

}  // namespace

std::string DeviceCopies::name() const {
  return fmt::format("{} from device {} to device {}{}", AskedGroup::name(), from.device->index,
                     to.device->index, at_once ? " while other pairs copy" : "");
}

std::vector<DeviceCopies> device_copies(const Evidence& evidence) {
  std::vector<DeviceCopies> all;
  const std::shared_ptr<AskedMemo> all_asked = asked_memo(evidence);
  for (const DeviceRef& from : devices_of(evidence)) {
    const std::string& backend = from.result->run.backend;
    const int devices = static_cast<int>(from.node->devices.size());
    for (const AskedGroup& asked : all_asked->of(*evidence.profile, backend, devices)) {
      if (asked.reach != Reach::between_devices) continue;
      for (const DeviceFacts& to : from.node->devices) {
        if (&to != from.device) add_pair(asked, from, {from.result, from.node, &to}, all);
      }
    }
  }
  return all;
}

Subject subject_of(const DeviceCopies& copies) {
  return {"link", fmt::format("{} from {} to {}", copies.from.node->name,
                              with_address(*copies.from.device), with_address(*copies.to.device))};
}

}  // namespace assay
