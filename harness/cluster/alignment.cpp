// Counts by node and value.
#include "harness/cluster/alignment.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace assay::cluster {

namespace {

using Place = std::pair<std::string, std::string>;  // node (pool) and value

const std::string* value_of(const Device& device, const std::string& attribute) {
  const auto found = device.attributes.find(attribute);
  return found == device.attributes.end() ? nullptr : &found->second;
}

}  // namespace

std::string alignment_attribute(const std::string& alignment) {
  return "resource.kubernetes.io/" + alignment;
}

std::vector<long> aligned_on_nodes(const std::vector<const Device*>& accelerators,
                                   const std::vector<const Device*>& nics,
                                   const std::string& attribute) {
  std::set<Place> with_nic;
  for (const Device* nic : nics)
    if (const std::string* value = value_of(*nic, attribute); value != nullptr)
      with_nic.insert({nic->pool, *value});
  std::map<Place, long> count;
  std::map<std::string, long> most;
  for (const Device* device : accelerators)
    if (const std::string* value = value_of(*device, attribute);
        value != nullptr && with_nic.contains({device->pool, *value}))
      most[device->pool] = std::max(most[device->pool], ++count[{device->pool, *value}]);
  std::vector<long> on_nodes;
  for (const auto& [node, number] : most) on_nodes.push_back(number);
  return on_nodes;
}

}  // namespace assay::cluster
