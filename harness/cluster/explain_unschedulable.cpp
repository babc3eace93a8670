// The scheduler's text is the same for several causes: ResourceSlices, claims and nodes tell them
// apart.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/cluster/explain.h"
#include "harness/cluster/plan.h"
#include "harness/core/message.h"
#include "harness/core/number_of.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

namespace {

struct Finding {
  std::string text;
  bool hopeless;
};

/// What the pod's claims ask for; where it has none, what its extended resources mean by a class.
std::vector<DeviceRequest> requests_of(const Pod& pod, const Seen& seen) {
  std::vector<DeviceRequest> requests;
  for (const Claim& claim : seen.run.claims)
    if (claim.of(pod.name) && claim.allocated.empty())
      requests.insert(requests.end(), claim.requests.begin(), claim.requests.end());
  if (!requests.empty()) return requests;
  for (const auto& [resource, amount] : pod.limits)
    for (const DeviceClass& one : seen.inventory.device_classes)
      if (!one.extended_resource.empty() && one.extended_resource == resource)
        requests.push_back({resource, one.name, std::atol(amount.c_str()), false});
  return requests;
}

std::vector<std::string> match_attributes_of(const Pod& pod, const Seen& seen) {
  std::vector<std::string> keys;
  for (const Claim& claim : seen.run.claims)
    if (claim.of(pod.name))
      keys.insert(keys.end(), claim.match_attributes.begin(), claim.match_attributes.end());
  return keys;
}

std::vector<const Device*> free_devices(const std::vector<const Device*>& devices,
                                        const Seen& seen) {
  return not_taken(not_taken(devices, seen.run.claims), seen.all_claims);
}

/// Attributes of the driver itself are published without its domain.
bool publishes(const Device& device, const std::string& key) {
  const std::size_t slash = key.find('/');
  return device.attributes.count(key) ||
         (slash != std::string::npos && key.substr(0, slash) == device.driver &&
          device.attributes.count(key.substr(slash + 1)));
}

Finding why_no_claim(const Pod& pod, const Seen& seen) {
  for (const DeviceRequest& request : requests_of(pod, seen)) {
    const auto devices = devices_of(request.device_class, seen.inventory);
    if (const auto unseen = seen.inventory.unseen.find("resourceslices");
        unseen != seen.inventory.unseen.end())
      return {fmt::format("its claim of {} of class {} cannot be met; whether there are such "
                          "devices is not known: resourceslices could not be listed ({})",
                          request.count, request.device_class, unseen->second),
              false};
    if (devices.empty())
      return {fmt::format("no device of class {} is published: its driver is not running",
                          request.device_class),
              true};
    if (const long most = most_on_a_node(devices); most < request.count)
      return {fmt::format("no node has {} of class {}: the most is {}",
                          number_of(request.count, "device"), request.device_class, most),
              true};
    if (request.selects)
      return {fmt::format("no published device of class {} matches the selector of request {}, or "
                          "those are taken",
                          request.device_class, request.name),
              true};
    for (const std::string& key : match_attributes_of(pod, seen))
      if (std::none_of(devices.begin(), devices.end(),
                       [&](const Device* device) { return publishes(*device, key); }))
        return {
            fmt::format("no device of class {} publishes {}, by which the claim is to be aligned",
                        request.device_class, key),
            true};
    const auto free = free_devices(devices, seen);
    if (most_on_a_node(free) < request.count)
      return {fmt::format("the devices exist, but too few are free: {} of {} of class {} are "
                          "allocated, and {} on one node are needed",
                          devices.size() - free.size(), devices.size(), request.device_class,
                          request.count),
              false};
  }
  if (!match_attributes_of(pod, seen).empty())
    return {fmt::format("no devices share one value of {}",
                        fmt::join(match_attributes_of(pod, seen), ", ")),
            true};
  return {
      "the devices that it claims are allocated to others, or its claim cannot be met: compare "
      "`kubectl get resourceclaims -A` with `kubectl get resourceslices`",
      false};
}

std::string cordoned_nodes(const Seen& seen) {
  std::vector<std::string> names;
  for (const Node& node : seen.inventory.nodes)
    if (node.cordoned) names.push_back(node.name);
  return names.empty() ? "nodes are cordoned" : fmt::format("cordoned: {}", fmt::join(names, ", "));
}

std::string tainted_nodes(const Seen& seen) {
  std::vector<std::string> taints;
  for (const Node& node : seen.inventory.nodes)
    for (const std::string& taint : node.taints)
      if (!taint.starts_with("node.kubernetes.io/unschedulable"))
        taints.push_back(fmt::format("{} has {}", node.name, taint));
  return taints.empty()
             ? "nodes have taints that the pod does not tolerate"
             : fmt::format(
                   "taints that the pod may not tolerate ({}): name one with --toleration "
                   "to run there all the same",
                   fmt::join(taints, ", "));
}

Finding insufficient(const std::string& resource, const Seen& seen) {
  const auto offers = [&](const Node& node) {
    const auto found = node.allocatable.find(resource);
    return found != node.allocatable.end() && found->second != "0";
  };
  if (!seen.inventory.saw("nodes") ||
      std::any_of(seen.inventory.nodes.begin(), seen.inventory.nodes.end(), offers))
    return {fmt::format("no node has enough {} free for the pod", resource), false};
  return {fmt::format("no node offers {}: its device plugin is not running", resource), true};
}

/// Every reason that the text holds: nodes may refuse for different ones.
std::vector<Finding> findings(const Pod& pod, const std::string& message, const Seen& seen) {
  std::vector<Finding> found;
  static const RegularExpression kClass(R"(device class (\S+) does not exist)");
  static const RegularExpression kVolume(R"re(persistentvolumeclaim "([^"]+)" not found)re");
  static const RegularExpression kInsufficient(R"(Insufficient ([A-Za-z0-9./_-]*[A-Za-z0-9]))");
  if (const std::vector<std::string> match = kClass.groups_in(message); !match.empty())
    found.push_back(
        {fmt::format(
             "DeviceClass {} is absent: the driver is not installed, or the class has another name",
             match[1]),
         true});
  if (contains(message, "were unschedulable")) found.push_back({cordoned_nodes(seen), false});
  if (contains(message, "untolerated taint")) found.push_back({tainted_nodes(seen), false});
  if (contains(message, "node affinity/selector"))
    found.push_back({"no node has the labels that the pod's selector or affinity asks for", true});
  if (contains(message, "anti-affinity"))
    found.push_back({"every other node already has a pod of an Assay run: one pod a node", false});
  if (const std::vector<std::string> match = kVolume.groups_in(message); !match.empty())
    found.push_back(
        {fmt::format("PersistentVolumeClaim {} is missing in the namespace", match[1]), true});
  if (contains(message, "unbound immediate PersistentVolumeClaims"))
    found.push_back({"its PersistentVolumeClaim is bound to no volume yet", false});
  if (const std::vector<std::string> match = kInsufficient.groups_in(message); !match.empty())
    found.push_back(insufficient(match[1], seen));
  if (contains(message, "cannot allocate all claims")) found.push_back(why_no_claim(pod, seen));
  return found;
}

}  // namespace

Cause explain_unschedulable(const Pod& pod, const std::string& message, const Seen& seen) {
  if (contains(message, "waiting for minCount pods"))
    return {called(pod), "it would fit and waits for the rest of its gang", false};
  const std::vector<Finding> found = findings(pod, message, seen);
  if (found.empty()) return {called(pod), "no node takes it: " + printable(message, 300), false};
  std::vector<std::string> texts;
  // Where one node is only cordoned, the rest of the pool is no proof that the claim can never be
  // met.
  bool hopeless = true;
  for (const Finding& one : found) {
    texts.push_back(one.text);
    hopeless = hopeless && one.hopeless;
  }
  return {called(pod), fmt::format("no node takes it: {}", fmt::join(texts, "; ")), hopeless};
}

}  // namespace assay::cluster
