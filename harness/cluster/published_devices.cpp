// Devices of the ResourceSlices, by class, by claim and by node.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "harness/cluster/cel.h"
#include "harness/cluster/device_taints.h"
#include "harness/cluster/plan.h"
#include "harness/cluster/shared_devices.h"
#include "harness/core/message.h"
#include "harness/core/number_of.h"

namespace assay::cluster {

const DeviceClass* find_class(const std::string& name, const Inventory& inventory) {
  for (const DeviceClass& one : inventory.device_classes)
    if (one.name == name) return &one;
  return nullptr;
}

std::string class_names(const Inventory& inventory) {
  std::vector<std::string> names;
  for (const DeviceClass& one : inventory.device_classes) names.push_back(one.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

Devices selected_by(const std::string& device_class, const Inventory& inventory) {
  const DeviceClass* known = find_class(device_class, inventory);
  const Selector selector(known ? known->selectors : std::vector<std::string>{});
  Devices found;
  for (const Device& device : inventory.devices) {
    if (known == nullptr && device.driver != device_class) continue;
    const Selects selects = selector.of(device);
    if (selects == Selects::yes || selects == Selects::unknown) found.push_back(&device);
  }
  return found;
}

Devices devices_of(const DeviceRequest& request, const Inventory& inventory) {
  Devices devices = selected_by(request.device_class, inventory);
  std::erase_if(devices,
                [&](const Device* device) { return !not_tolerated(*device, request).empty(); });
  return devices;
}

Devices devices_of(const std::string& device_class, const Inventory& inventory) {
  return devices_of(DeviceRequest{"", device_class}, inventory);
}

std::string uncertainty_of(const std::string& device_class, const Inventory& inventory) {
  const DeviceClass* known = find_class(device_class, inventory);
  if (known == nullptr) return "";
  const Selector selector(known->selectors);
  std::size_t unknown = 0;
  const Device* failing = nullptr;
  for (const Device& device : inventory.devices) {
    const Selects selects = selector.of(device);
    unknown += selects == Selects::unknown;
    if (selects == Selects::fails) failing = &device;
  }
  const std::string expression =
      printable(fmt::format("{}", fmt::join(known->selectors, " && ")), 200);
  if (unknown > 0)
    return fmt::format(
        "whether DeviceClass {} selects {} is not known: `{}` is more of CEL than is evaluated "
        "here, and they are counted as its own",
        device_class, number_of(unknown, "device"), expression);
  if (failing != nullptr)
    return fmt::format(
        "`{}` of DeviceClass {} fails on device {} of {}: the scheduler allocates nothing where it "
        "looks at such a device",
        expression, device_class, failing->name, failing->place());
  return "";
}

Devices not_taken(const Devices& devices, const std::vector<Claim>& claims,
                  const Inventory& inventory, const DeviceRequest& request, long times) {
  std::map<std::string, Amounts> held;  // by device
  for (const Claim& claim : claims)
    for (const Device& device : claim.allocated)
      if (!device.for_admin)
        for (Amounts& sum = held[device.id()]; const auto& [capacity, amount] : device.consumed)
          sum[capacity] += amount;
  Devices untouched, in_use, taken, free;
  for (const Device* device : devices)
    if (!held.contains(device->id()))
      untouched.push_back(device);
    else if (device->is_shared)
      in_use.push_back(device);  // its partition of counters is paid for
  for (const Device& device : inventory.devices)
    if (held.contains(device.id())) taken.push_back(&device);
  untouched = together(untouched, taken);
  in_use.insert(in_use.end(), untouched.begin(), untouched.end());
  for (const Device* device : in_use)
    free.insert(free.end(), room_for(request.capacity, *device, held[device->id()], times), device);
  return free;
}

long most_on_a_node(const Devices& devices) {
  std::map<std::string, long> count;
  long most = 0;
  for (const Device* device : together(devices)) most = std::max(most, ++count[device->place()]);
  return most;
}

}  // namespace assay::cluster
