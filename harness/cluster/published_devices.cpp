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

std::vector<const Device*> devices_of(const std::string& device_class, const Inventory& inventory) {
  const DeviceClass* known = find_class(device_class, inventory);
  const Selector selector(known ? known->selectors : std::vector<std::string>{});
  std::vector<const Device*> found;
  for (const Device& device : inventory.devices) {
    if (known == nullptr && device.driver != device_class) continue;
    const Selects selects = selector.of(device);
    if (selects == Selects::yes || selects == Selects::unknown) found.push_back(&device);
  }
  return found;
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
        expression, device_class, failing->name, failing->pool);
  return "";
}

std::vector<const Device*> not_taken(const std::vector<const Device*>& devices,
                                     const std::vector<Claim>& claims) {
  const auto place = [](const Device& one) { return one.driver + "/" + one.pool + "/" + one.name; };
  std::set<std::string> taken;
  for (const Claim& claim : claims)
    for (const Device& device : claim.allocated) taken.insert(place(device));
  std::vector<const Device*> free;
  for (const Device* device : devices)
    if (!taken.count(place(*device))) free.push_back(device);
  return free;
}

long most_on_a_node(const std::vector<const Device*>& devices) {
  std::map<std::string, long> count;
  long most = 0;
  for (const Device* device : devices) most = std::max(most, ++count[device->pool]);
  return most;
}

}  // namespace assay::cluster
