// A tainted device is published, and free only to a claim that tolerates its taints; those of
// Assay tolerate none.
#include "harness/cluster/device_taints.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/cluster/cel.h"
#include "harness/cluster/plan.h"
#include "harness/core/number_of.h"

namespace assay::cluster {

namespace {

constexpr std::size_t kMostNamed = 3;

bool fits(const std::string& asked, const std::string& has) {
  return asked.empty() || asked == has;
}

bool selects(const TaintRule& rule, const Device& device, const Inventory& inventory) {
  if (!fits(rule.driver, device.driver) || !fits(rule.pool, device.pool) ||
      !fits(rule.device, device.name))
    return false;
  std::vector<std::string> expressions = rule.selectors;
  if (!rule.device_class.empty()) {
    const DeviceClass* known = find_class(rule.device_class, inventory);
    if (known == nullptr) return false;
    expressions.insert(expressions.end(), known->selectors.begin(), known->selectors.end());
  }
  return Selector(expressions).of(device) == Selects::yes;
}

/// The taint, and the rule that added it: who may take it away.
std::string with_rule(const std::string& taint, const Device& device) {
  const auto rule = device.rules.find(taint);
  return rule == device.rules.end() || rule->second.empty()
             ? taint
             : fmt::format("{} of DeviceTaintRule {}", taint, rule->second);
}

/// `a, b, c and 5 more`.
std::string some_of(const std::vector<std::string>& all) {
  const std::size_t named = std::min(all.size(), kMostNamed);
  const std::vector<std::string> first(all.begin(), all.begin() + static_cast<long>(named));
  return all.size() == named
             ? fmt::format("{}", fmt::join(first, ", "))
             : fmt::format("{} and {} more", fmt::join(first, ", "), all.size() - named);
}

std::vector<std::string> incomplete(const std::set<std::string>& drivers,
                                    const Inventory& inventory) {
  std::vector<std::string> found;
  for (const IncompletePool& pool : inventory.incomplete_pools)
    if (drivers.contains(pool.driver))
      found.push_back(fmt::format(
          "pool {} of {} is incomplete: {} of its {} {} published", pool.name, pool.driver,
          pool.seen, number_of(pool.slices, "ResourceSlice"), pool.seen == 1 ? "is" : "are"));
  return found;
}

}  // namespace

void add_taints(Inventory& inventory) {
  for (Device& device : inventory.devices)
    for (const TaintRule& rule : inventory.taint_rules)
      if (std::find(device.taints.begin(), device.taints.end(), rule.taint) ==
              device.taints.end() &&
          selects(rule, device, inventory)) {
        device.taints.push_back(rule.taint);
        device.rules[rule.taint] = rule.name;
      }
}

std::vector<std::string> not_tolerated(const Device& device, const DeviceRequest& request) {
  std::vector<std::string> taints = device.taints;
  std::erase_if(taints, [&](const std::string& taint) {
    return std::any_of(request.tolerations.begin(), request.tolerations.end(),
                       [&](const Toleration& one) { return one.tolerates(taint); });
  });
  return taints;
}

std::string not_counted(const std::string& device_class, const Inventory& inventory) {
  return not_counted(DeviceRequest{"", device_class}, inventory);
}

std::string not_counted(const DeviceRequest& request, const Inventory& inventory) {
  std::vector<std::string> tainted, parts;
  std::set<std::string> drivers = {request.device_class};
  for (const Device* device : selected_by(request.device_class, inventory)) {
    drivers.insert(device->driver);
    std::vector<std::string> taints = not_tolerated(*device, request);
    for (std::string& taint : taints) taint = with_rule(taint, *device);
    if (!taints.empty())
      tainted.push_back(fmt::format("{} of {} has taint {}", device->name, device->place(),
                                    fmt::join(taints, " and ")));
  }
  if (!tainted.empty())
    parts.push_back(
        fmt::format("{}: {}", number_of(tainted.size(), "tainted device"), some_of(tainted)));
  if (const std::vector<std::string> pools = incomplete(drivers, inventory); !pools.empty())
    parts.push_back(some_of(pools));
  return parts.empty() ? "" : fmt::format(" (not counted: {})", fmt::join(parts, "; "));
}

}  // namespace assay::cluster
