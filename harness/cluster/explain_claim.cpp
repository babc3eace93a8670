// "Cannot allocate all claims" is the scheduler's text for four causes: what the claim asks for is
// compared with the devices that are published, and with the claims that have some of them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "harness/cluster/alignment.h"
#include "harness/cluster/cel.h"
#include "harness/cluster/cel_value.h"
#include "harness/cluster/device_taints.h"
#include "harness/cluster/explain.h"
#include "harness/cluster/plan.h"
#include "harness/core/number_of.h"

namespace assay::cluster {

namespace {

/// Requests of one kind: together they need so many devices of one node.
struct Need {
  DeviceRequest request;
  long count = 0;
  Devices devices = {};    // that its class and its selectors select
  bool is_certain = true;  // all of the selectors could be evaluated
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
        requests.push_back({resource, one.name, static_cast<long>(cel::amount_of(amount))});
  return requests;
}

void select(Need& need, const Seen& seen) {
  const Selector selector(need.request.selectors);
  for (const Device* device : devices_of(need.request.device_class, seen.inventory)) {
    const Selects selects = selector.of(*device);
    if (selects == Selects::yes || selects == Selects::unknown) need.devices.push_back(device);
    need.is_certain = need.is_certain && selects != Selects::unknown;
  }
}

std::vector<Need> needs_of(const Pod& pod, const Seen& seen) {
  std::vector<Need> needs;
  for (const DeviceRequest& one : requests_of(pod, seen)) {
    const auto same = std::find_if(needs.begin(), needs.end(), [&](const Need& need) {
      return need.request.device_class == one.device_class &&
             need.request.selectors == one.selectors;
    });
    if (same != needs.end()) same->count += one.count;
    if (same == needs.end()) needs.push_back({one, one.count});
  }
  for (Need& need : needs) select(need, seen);
  return needs;
}

Devices free_of(const Devices& devices, const Seen& seen) {
  std::vector<Claim> claims = seen.all_claims;
  claims.insert(claims.end(), seen.run.claims.begin(), seen.run.claims.end());
  return not_taken(devices, claims, seen.inventory);
}

std::optional<Finding> why_not_met(const Need& need, const Seen& seen) {
  const std::string& device_class = need.request.device_class;
  const Devices all = devices_of(device_class, seen.inventory);
  const std::string wanted = number_of(need.count, "device");
  const std::string left_out = not_counted(device_class, seen.inventory);
  const bool hopeless = left_out.empty();  // else a taint may go, or a pool become complete
  if (all.empty())
    return Finding{
        hopeless ? fmt::format("no device of class {} is published: its driver is not running",
                               device_class)
                 : fmt::format("no device of class {} is free{}", device_class, left_out),
        hopeless};
  if (const long most = most_on_a_node(all); most < need.count)
    return Finding{fmt::format("no node has {} of class {}: the most is {}{}", wanted, device_class,
                               most, left_out),
                   hopeless};
  const std::string selected = fmt::format("matches the selector of request {}", need.request.name);
  if (need.devices.empty())
    return Finding{
        fmt::format("no published device of class {} {}{}", device_class, selected, left_out),
        hopeless};
  if (!need.is_certain)
    return Finding{fmt::format("no published device of class {} {}, which is more of CEL than is "
                               "evaluated here, or those are taken",
                               device_class, selected),
                   false};
  if (const long most = most_on_a_node(need.devices); most < need.count)
    return Finding{fmt::format("no node has {} of class {} that {}: the most is {}{}", wanted,
                               device_class, selected, most, left_out),
                   hopeless};
  const Devices free = free_of(need.devices, seen);
  if (most_on_a_node(free) >= need.count) return std::nullopt;
  // The search for partitions ends early at times, so that of fewer it may find more.
  const std::size_t exist = std::max(together(need.devices).size(), free.size());
  const std::size_t taken = exist - free.size();
  return Finding{
      fmt::format("the devices exist, but too few are free: {} of {} of class {} {} allocated, and "
                  "{} on one node {} needed{}",
                  taken, exist, device_class, taken == 1 ? "is" : "are", need.count,
                  need.count == 1 ? "is" : "are", left_out),
      false};
}

/// Constraints that are met by devices of the same classes: so many groups are needed on a node.
struct Alignment {
  std::string attribute;
  std::vector<std::pair<std::string, long>> each;  // device class and how many of it
  long groups = 1;
  std::vector<Side> sides(const Seen& seen, bool free_alone) const {
    std::vector<Side> all;
    for (const auto& [device_class, count] : each) {
      const Devices devices = devices_of(device_class, seen.inventory);
      all.push_back({free_alone ? free_of(devices, seen) : together(devices), count});
    }
    return all;
  }
};

Alignment alignment_of(const MatchConstraint& constraint, const Claim& claim) {
  Alignment found{constraint.attribute, {}};
  for (const DeviceRequest& one : claim.requests) {
    const auto& named = constraint.requests;
    if (!named.empty() && std::find(named.begin(), named.end(), one.name) == named.end()) continue;
    const auto same = std::find_if(found.each.begin(), found.each.end(), [&](const auto& other) {
      return other.first == one.device_class;
    });
    if (same != found.each.end()) same->second += one.count;
    if (same == found.each.end()) found.each.emplace_back(one.device_class, one.count);
  }
  return found;
}

std::vector<Alignment> alignments_of(const Pod& pod, const Seen& seen) {
  std::vector<Alignment> all;
  for (const Claim& claim : seen.run.claims) {
    if (!claim.of(pod.name) || !claim.allocated.empty()) continue;
    for (const MatchConstraint& constraint : claim.constraints) {
      Alignment one = alignment_of(constraint, claim);
      const auto same = std::find_if(all.begin(), all.end(), [&](const Alignment& other) {
        return other.attribute == one.attribute && other.each == one.each;
      });
      if (same != all.end()) ++same->groups;
      if (same == all.end()) all.push_back(std::move(one));
    }
  }
  return all;
}

long most_groups(const Alignment& alignment, const Seen& seen, bool free_alone) {
  long most = 0;
  for (const auto& [node, number] :
       groups_on_nodes(alignment.sides(seen, free_alone), alignment.attribute))
    most = std::max(most, number);
  return most;
}

std::optional<Finding> why_not_aligned(const Alignment& alignment, const Seen& seen) {
  std::vector<std::string> group;
  for (const auto& [device_class, count] : alignment.each) {
    const Devices devices = devices_of(device_class, seen.inventory);
    if (std::none_of(devices.begin(), devices.end(), [&](const Device* device) {
          return published(*device, alignment.attribute) != nullptr;
        }))
      return Finding{
          fmt::format("no device of class {} publishes {}, by which the claim is to be aligned",
                      device_class, alignment.attribute),
          true};
    group.push_back(fmt::format("{} of {}", count, device_class));
  }
  const std::string wanted =
      fmt::format("{} of {} with one value of {}", number_of(alignment.groups, "group"),
                  fmt::join(group, " and "), alignment.attribute);
  if (const long most = most_groups(alignment, seen, false); most < alignment.groups)
    return Finding{fmt::format("no node has {}: the most is {}", wanted, most), true};
  if (const long most = most_groups(alignment, seen, true); most < alignment.groups)
    return Finding{fmt::format("the devices exist, but no node has {} that {} free: the most is {}",
                               wanted, alignment.groups == 1 ? "is" : "are", most),
                   false};
  return std::nullopt;
}

}  // namespace

Finding why_no_claim(const Pod& pod, const Seen& seen) {
  const std::vector<Need> needs = needs_of(pod, seen);
  if (const auto unseen = seen.inventory.unseen.find("resourceslices");
      unseen != seen.inventory.unseen.end() && !needs.empty())
    return {fmt::format("its claim of {} of class {} cannot be met; whether there are such devices "
                        "is not known: resourceslices could not be listed ({})",
                        needs.front().count, needs.front().request.device_class, unseen->second),
            false};
  for (const Need& need : needs)
    if (auto found = why_not_met(need, seen)) return *found;
  for (const Alignment& one : alignments_of(pod, seen))
    if (auto found = why_not_aligned(one, seen)) return *found;
  return {
      "the devices that it claims are allocated to others, or its claim cannot be met: compare "
      "`kubectl get resourceclaims -A` with `kubectl get resourceslices`",
      false};
}

}  // namespace assay::cluster
