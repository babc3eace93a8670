// Devices of the ResourceSlices, by class, by claim and by node.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/cluster/cel.h"
#include "harness/cluster/plan.h"
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

Devices devices_of(const std::string& device_class, const Inventory& inventory) {
  Devices devices = selected_by(device_class, inventory);
  std::erase_if(devices, [](const Device* device) { return !device->taints.empty(); });
  return devices;
}

std::string doubt_of(const std::string& device_class, const Inventory& inventory) {
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
                  const Inventory& inventory) {
  std::set<std::string> names;
  for (const Claim& claim : claims)
    for (const Device& device : claim.allocated) names.insert(device.id());
  Devices free, taken;
  for (const Device* device : devices)
    if (!names.contains(device->id())) free.push_back(device);
  for (const Device& device : inventory.devices)
    if (names.contains(device.id())) taken.push_back(&device);
  return together(free, taken);
}

long most_on_a_node(const Devices& devices) {
  std::map<std::string, long> count;
  long most = 0;
  for (const Device* device : together(devices)) most = std::max(most, ++count[device->place()]);
  return most;
}

}  // namespace assay::cluster
