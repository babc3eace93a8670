// Counts by node and value.
#include "harness/cluster/alignment.h"

#include <algorithm>
#include <utility>

namespace assay::cluster {

namespace {

using Place = std::pair<std::string, std::string>;  // node and value

constexpr const char* kNic = "nic";

std::map<Place, long> count_places(const Side& side, const std::string& attribute) {
  std::map<Place, long> count;
  for (const Device* device : side.devices) {
    const std::string* value = attribute.empty() ? &attribute : published(*device, attribute);
    if (value != nullptr) ++count[{device->place(), *value}];
  }
  return count;
}

}  // namespace

std::string alignment_attribute(const std::string& alignment) {
  return "resource.kubernetes.io/" + alignment;
}

const std::string* published(const Device& device, const std::string& attribute) {
  auto found = device.attributes.find(attribute);
  if (found == device.attributes.end() && attribute.starts_with(device.driver + "/"))
    found = device.attributes.find(attribute.substr(device.driver.size() + 1));
  return found == device.attributes.end() ? nullptr : &found->second;
}

std::map<std::string, long> groups_on_nodes(const std::vector<Side>& sides,
                                            const std::string& attribute) {
  std::map<Place, long> groups;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    std::map<Place, long> count = count_places(sides[i], attribute);
    for (auto& [place, number] : count) number /= std::max(sides[i].count, 1L);
    if (i == 0) groups = count;
    for (auto& [place, number] : groups) number = std::min(number, count[place]);
  }
  std::map<std::string, long> on_nodes;
  for (const auto& [place, number] : groups)
    if (number > 0) on_nodes[place.first] += number;
  return on_nodes;
}

std::string pair_of(const std::string& request) {
  const std::size_t dash = request.find('-');
  return dash == std::string::npos ? "" : request.substr(dash + 1);
}

bool is_nic(const std::string& request) {
  return request == kNic || request.starts_with(std::string(kNic) + "-");
}

}  // namespace assay::cluster
