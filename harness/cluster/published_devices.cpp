// Devices of the ResourceSlices, by class, by claim and by node.
#include <algorithm>
#include <map>
#include <set>

#include "harness/cluster/plan.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

std::vector<const Device*> devices_of(const std::string& device_class, const Inventory& inventory) {
  std::string driver = device_class;
  static const RegularExpression kDriver(R"(device\.driver\s*==\s*['"]([^'"]+)['"])");
  for (const DeviceClass& one : inventory.device_classes)
    for (const std::string& selector : one.selectors)
      if (const std::vector<std::string> match = kDriver.groups_in(selector);
          one.name == device_class && !match.empty())
        driver = match[1];
  std::vector<const Device*> found;
  for (const Device& device : inventory.devices)
    if (device.driver == driver) found.push_back(&device);
  return found;
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
