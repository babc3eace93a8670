// "Cannot allocate all claims" is the scheduler's text for four causes: what the claim asks for is
// compared with the devices that are published, and with the claims that have some of them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>

#include "harness/cluster/alignment.h"
#include "harness/cluster/cel.h"
#include "harness/cluster/cel_value.h"
#include "harness/cluster/device_taints.h"
#include "harness/cluster/explain.h"
#include "harness/cluster/plan.h"
#include "harness/cluster/shared_devices.h"
#include "harness/core/number_of.h"

namespace assay::cluster {

namespace {

/// Requests of one kind: together they need so many devices of one node.
struct Need {
  DeviceRequest request;
  long count = 0, requests = 1;
  Devices devices = {};    // that its class and its selectors select, and that have its capacity
  bool is_certain = true;  // all of the selectors could be evaluated
};

/// What the pod's claims ask for; where it has none, what its extended resources mean by a class.
std::vector<DeviceRequest> requests_of(const Pod& pod, const ClusterState& seen) {
  std::vector<DeviceRequest> requests;
  for (const Claim& claim : seen.run.claims)
    if (claim.of(pod) && claim.allocated.empty())
      requests.insert(requests.end(), claim.requests.begin(), claim.requests.end());
  if (!requests.empty()) return requests;
  for (const auto& [resource, amount] : pod.limits)
    for (const DeviceClass& one : seen.inventory.device_classes)
      if (!one.extended_resource.empty() && one.extended_resource == resource)
        requests.push_back({resource, one.name, static_cast<long>(cel::amount_of(amount))});
  return requests;
}

void select(Need& need, const ClusterState& seen) {
  const Selector selector(need.request.selectors);
  for (const Device* device : devices_of(need.request, seen.inventory)) {
    if (!has_capacity(need.request.capacity, *device)) continue;
    const Selects selects = selector.of(*device);
    if (selects == Selects::yes || selects == Selects::unknown) need.devices.push_back(device);
    need.is_certain = need.is_certain && selects != Selects::unknown;
  }
}

bool are_alike(const DeviceRequest& a, const DeviceRequest& b) {
  return a.device_class == b.device_class && a.selectors == b.selectors &&
         a.tolerations == b.tolerations && a.capacity == b.capacity && a.for_all == b.for_all &&
         a.for_admin == b.for_admin;
}

std::vector<Need> needs_of(const std::vector<DeviceRequest>& requests, const ClusterState& seen) {
  std::vector<Need> needs;
  for (const DeviceRequest& one : requests) {
    const auto same = std::find_if(needs.begin(), needs.end(),
                                   [&](const Need& need) { return are_alike(need.request, one); });
    if (same == needs.end()) {
      needs.push_back({one, one.count});
    } else {
      same->count += one.count;
      ++same->requests;
    }
  }
  for (Need& need : needs) select(need, seen);
  return needs;
}

/// Everybody's, each once: those of the run may be in both lists.
std::vector<Claim> known_claims(const ClusterState& seen) {
  std::vector<Claim> claims = seen.all_claims;
  for (const Claim& own : seen.run.claims)
    if (std::none_of(seen.all_claims.begin(), seen.all_claims.end(), [&](const Claim& one) {
          return one.name == own.name && one.name_space == own.name_space;
        }))
      claims.push_back(own);
  return claims;
}

/// `memory=40Gi and cores=2`.
std::string capacity_text(const DeviceRequest& request) {
  std::vector<std::string> parts;
  for (const auto& [capacity, amount] : request.capacity)
    parts.push_back(fmt::format("{}={}", capacity, amount));
  return fmt::format("{}", fmt::join(parts, " and "));
}

/// What a request asks of a device beside its class, as the rest of a sentence; or nothing.
std::string beside_class(const DeviceRequest& request) {
  const bool selects = !request.selectors.empty(), takes = !request.capacity.empty();
  if (!selects && !takes) return "";
  return fmt::format("{}{}{} of request {}", selects ? "matches the selector" : "",
                     selects && takes ? " and " : "",
                     takes ? "has the " + capacity_text(request) : "", request.name);
}

bool any_shared(const Devices& devices) {
  return std::any_of(devices.begin(), devices.end(),
                     [](const Device* device) { return device->is_shared; });
}

/// On no node are all of them free.
std::optional<Finding> why_not_all(const Need& need, const Devices& free,
                                   const std::string& left_out) {
  std::map<std::string, long> taken;  // by node
  for (const Device* device : need.devices) ++taken[device->place()];
  const long most = std::max_element(taken.begin(), taken.end(), [](const auto& a, const auto& b) {
                      return a.second < b.second;
                    })->second;
  for (const Device* device : free) --taken[device->place()];
  if (std::any_of(taken.begin(), taken.end(), [](const auto& one) { return one.second <= 0; })) {
    if (most <= kMostOfAClaim) return std::nullopt;
    return Finding{
        fmt::format("request {} asks for all devices of class {} of a node, which are {}, "
                    "and a claim holds at most {}: ask for a count",
                    need.request.name, need.request.device_class, most, kMostOfAClaim),
        true};
  }
  return Finding{fmt::format("request {} asks for all devices of class {} of a node, and on every "
                             "node some are allocated{}",
                             need.request.name, need.request.device_class, left_out),
                 false};
}

std::optional<Finding> why_not_free(const Need& need, const ClusterState& seen,
                                    const std::string& left_out) {
  if (need.request.for_admin) return std::nullopt;
  const DeviceRequest& request = need.request;
  const Devices free =
      not_taken(need.devices, known_claims(seen), seen.inventory, request, need.requests);
  if (request.for_all) return why_not_all(need, free, left_out);
  if (most_on_a_node(free) >= need.count) return std::nullopt;
  // The search for partitions ends early at times, so that of fewer it may find more.
  const std::size_t exist = std::max(
      not_taken(need.devices, {}, seen.inventory, request, need.requests).size(), free.size());
  const std::size_t taken = exist - free.size();
  const char* are = taken == 1 ? "is" : "are";
  return Finding{
      fmt::format("the devices exist, but too few are free: {} of {} of class {} {} allocated{}, "
                  "and {} on one node {} needed{}{}",
                  taken, exist, request.device_class, are,
                  any_shared(need.devices) ? " as often as they have room" : "", need.count,
                  need.count == 1 ? "is" : "are", holders_of(need.devices, known_claims(seen)),
                  left_out),
      false};
}

std::optional<Finding> why_not_met(const Need& need, const ClusterState& seen) {
  const std::string& device_class = need.request.device_class;
  const Devices all = devices_of(need.request, seen.inventory);
  const std::string wanted = number_of(need.count, "device");
  const std::string left_out = not_counted(need.request, seen.inventory);
  const bool hopeless = left_out.empty();  // else a taint may go, or a pool become complete
  if (all.empty())
    return Finding{
        hopeless ? fmt::format("no device of class {} is published: its driver is not running",
                               device_class)
                 : fmt::format("no device of class {} is free{}", device_class, left_out),
        hopeless};
  if (const long most = most_on_a_node(all); most < need.count && !any_shared(all))
    return Finding{fmt::format("no node has {} of class {}: the most is {}{}", wanted, device_class,
                               most, left_out),
                   hopeless};
  const std::string selected = beside_class(need.request);
  if (need.devices.empty())
    return Finding{
        fmt::format("no published device of class {} {}{}", device_class, selected, left_out),
        hopeless};
  if (!need.is_certain)
    return Finding{fmt::format("no published device of class {} {}, which is more of CEL than is "
                               "evaluated here, or those are taken",
                               device_class, selected),
                   false};
  const Devices had = not_taken(need.devices, {}, seen.inventory, need.request, need.requests);
  if (const long most = most_on_a_node(had); most < need.count)
    return Finding{
        fmt::format("no node has {} of class {}{}{}: the most is {}{}", wanted, device_class,
                    selected.empty() ? "" : " that ", selected, most, left_out),
        hopeless};
  return why_not_free(need, seen, left_out);
}

/// Constraints that are met by devices of the same classes: so many groups are needed on a node.
struct Alignment {
  std::string attribute;
  std::vector<Need> each;  // of a group
  long groups = 1;
  std::vector<Side> sides(const ClusterState& seen, bool free_alone) const {
    const std::vector<Claim> claims = free_alone ? known_claims(seen) : std::vector<Claim>{};
    std::vector<Side> all;
    for (const Need& need : each)
      all.push_back({not_taken(need.devices, claims, seen.inventory, need.request), need.count});
    return all;
  }
  bool is_like(const Alignment& other) const {
    return attribute == other.attribute &&
           std::equal(each.begin(), each.end(), other.each.begin(), other.each.end(),
                      [](const Need& a, const Need& b) {
                        return a.count == b.count && are_alike(a.request, b.request);
                      });
  }
};

Alignment alignment_of(const MatchConstraint& constraint, const Claim& claim,
                       const ClusterState& seen) {
  const auto& named = constraint.requests;
  std::vector<DeviceRequest> requests = claim.requests;
  std::erase_if(requests, [&](const DeviceRequest& one) {
    return !named.empty() && std::find(named.begin(), named.end(), one.name) == named.end();
  });
  return {constraint.attribute, needs_of(requests, seen)};
}

std::vector<Alignment> alignments_of(const Pod& pod, const ClusterState& seen) {
  std::vector<Alignment> all;
  for (const Claim& claim : seen.run.claims) {
    if (!claim.of(pod) || !claim.allocated.empty()) continue;
    for (const MatchConstraint& constraint : claim.constraints) {
      Alignment one = alignment_of(constraint, claim, seen);
      const auto same = std::find_if(all.begin(), all.end(),
                                     [&](const Alignment& other) { return other.is_like(one); });
      if (same != all.end()) ++same->groups;
      if (same == all.end()) all.push_back(std::move(one));
    }
  }
  return all;
}

long most_groups(const Alignment& alignment, const ClusterState& seen, bool free_alone) {
  long most = 0;
  for (const auto& [node, number] :
       groups_on_nodes(alignment.sides(seen, free_alone), alignment.attribute))
    most = std::max(most, number);
  return most;
}

std::optional<Finding> why_not_aligned(const Alignment& alignment, const ClusterState& seen) {
  std::vector<std::string> group;
  for (const Need& need : alignment.each) {
    if (std::none_of(need.devices.begin(), need.devices.end(), [&](const Device* device) {
          return published(*device, alignment.attribute) != nullptr;
        }))
      return Finding{
          fmt::format("no device of class {} publishes {}, by which the claim is to be aligned",
                      need.request.device_class, alignment.attribute),
          true};
    group.push_back(fmt::format("{} of {}", need.count, need.request.device_class));
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

Finding why_no_claim(const Pod& pod, const ClusterState& seen) {
  const std::vector<Need> needs = needs_of(requests_of(pod, seen), seen);
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
