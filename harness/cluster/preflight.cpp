// Reports only certain shortages: a resource that could not be listed counts as sufficient.
#include "harness/cluster/preflight.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>

#include "harness/cluster/cel_value.h"
#include "harness/cluster/device_taints.h"
#include "harness/core/number_of.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

namespace {

using Faults = std::vector<std::string>;

std::string wanted(const Plan& plan) {
  return number_of(plan.wishes.nodes, "node") + (plan.wishes.nodes == 1 ? " is" : " are");
}

void check_nodes(const Plan& plan, const Inventory& inventory, Faults& faults) {
  if (inventory.nodes.empty()) return;
  std::vector<std::string> out;
  long usable = 0;
  for (const Node& node : inventory.nodes) {
    if (node.ready && !node.cordoned) ++usable;
    if (node.cordoned) out.push_back(node.name + " is cordoned");
    if (!node.ready) out.push_back(node.name + " is not ready");
  }
  if (usable < plan.wishes.nodes)
    faults.push_back(fmt::format("{} wanted and {} can take a pod{}{}", wanted(plan), usable,
                                 out.empty() ? "" : ": ", fmt::join(out, ", ")));
}

/// Nodes whose own devices are enough; none where a pool of devices is no node's.
std::optional<long> with_enough(const Plan& plan, const Inventory& inventory) {
  std::map<std::string, long> on_node;
  for (const Node& node : inventory.nodes) on_node[node.name] = 0;
  for (const Device* device : together(devices_of(plan.device_class, inventory))) {
    const auto found = on_node.find(device->place());
    if (found == on_node.end()) return std::nullopt;
    ++found->second;
  }
  return std::count_if(on_node.begin(), on_node.end(),
                       [&](const auto& one) { return one.second >= plan.devices; });
}

/// The largest node's devices are on no smaller one.
void check_devices(const Plan& plan, const Inventory& inventory, Faults& faults) {
  if (plan.allocation != "dra" || !plan.wishes.nic_class.empty() || inventory.nodes.empty()) return;
  const std::optional<long> enough = with_enough(plan, inventory);
  if (enough && *enough > 0 && *enough < plan.wishes.nodes)
    faults.push_back(fmt::format(
        "{} wanted and {} {} {} of {}{}: name fewer with --devices-per-node", wanted(plan), *enough,
        *enough == 1 ? "has" : "have", number_of(plan.devices, "device"), plan.device_class,
        not_counted(plan.device_class, inventory)));
}

/// Resources that are counted in whole units. Processors and memory come from the Job.
std::map<std::string, long> counted(const Plan& plan) {
  const long nodes = plan.wishes.nodes;
  std::map<std::string, long> needs = {{"pods", nodes}, {"count/pods", nodes}};
  if (plan.allocation == "device-plugin") needs["requests.nvidia.com/gpu"] = nodes * plan.devices;
  if (plan.allocation != "dra") return needs;
  needs["count/resourceclaims.resource.k8s.io"] = nodes;
  needs[plan.device_class + ".deviceclass.resource.k8s.io/devices"] = nodes * plan.devices;
  if (plan.nics > 0)
    needs[plan.wishes.nic_class + ".deviceclass.resource.k8s.io/devices"] = nodes * plan.nics;
  return needs;
}

/// A quota refuses pods and claims one by one, when others already hold devices.
void check_quotas(const Plan& plan, const Inventory& inventory, Faults& faults) {
  for (const Quota& quota : inventory.quotas)
    for (const auto& [what, need] : counted(plan)) {
      const auto hard = quota.hard.find(what), used = quota.used.find(what);
      if (hard == quota.hard.end()) continue;
      const std::string is_used = used == quota.used.end() ? "0" : used->second;
      if (cel::amount_of(hard->second) - cel::amount_of(is_used) < static_cast<double>(need))
        faults.push_back(
            fmt::format("the namespace's quota {} is too small: it allows {}={}, {} is used and "
                        "{} more is needed",
                        quota.name, what, hard->second, is_used, need));
    }
}

/// A pod has one claim, made by Assay or by the scheduler; several would need the same size.
void check_claim(const Plan& plan, Faults& faults) {
  const long devices = plan.devices + plan.nics;
  if (devices <= kMostOfAClaim || (plan.allocation != "dra" && plan.extended_resource.empty()))
    return;
  faults.push_back(fmt::format(
      "{} are wanted in the ResourceClaim of a pod, and Kubernetes allocates at most {} to one "
      "claim: name fewer with --devices-per-node{}",
      number_of(devices, "device"), kMostOfAClaim, plan.nics > 1 ? " or --nics-per-node" : ""));
}

/// The kubelet alone would find this out, after the claims are taken.
void check_image(const Plan& plan, Faults& faults) {
  const std::string& image = plan.wishes.image;
  static const RegularExpression kImage(
      R"([a-z0-9]([a-z0-9._/-]|:[0-9]+/)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?)");
  if (image.size() > 512 || !kImage.is_all_of(image))
    faults.push_back(
        fmt::format("--image '{}' is no name of an image: write REGISTRY/NAME:TAG or "
                    "REGISTRY/NAME@sha256:DIGEST, in lower case",
                    image));
}

}  // namespace

std::vector<std::string> preflight(const Plan& plan, const Inventory& inventory) {
  Faults faults;
  check_nodes(plan, inventory, faults);
  check_devices(plan, inventory, faults);
  check_claim(plan, faults);
  check_quotas(plan, inventory, faults);
  check_image(plan, faults);
  return faults;
}

}  // namespace assay::cluster
