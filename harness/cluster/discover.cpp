// Makes a few calls. A cluster may refuse any of them.
#include "harness/cluster/discover.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "harness/cluster/device_taints.h"
#include "harness/cluster/explain.h"
#include "harness/core/error.h"

namespace assay::cluster {

namespace {

constexpr int kOldestClient = 27;  // kustomize 5, whose components are as ours need them

/// Why a kind could not be listed.
std::string why_unseen(const Answer& answer) {
  if (contains(answer.err, "could not find the requested resource") ||
      contains(answer.err, "doesn't have a resource type"))
    return "the server lists its API and does not serve it: an upgrade is under way, or the API's "
           "own server is down (" +
           reason_of(answer) + ")";
  return refusal(answer.err);
}

/// The answer to a list; nothing where it failed, which is kept as the reason.
std::string list(Kubectl& kubectl, const std::string& kind, const std::vector<std::string>& flags,
                 Inventory& inventory) {
  std::vector<std::string> words = {"get", kind};
  words.insert(words.end(), flags.begin(), flags.end());
  words.insert(words.end(), {"-o", "json"});
  const Answer answer = kubectl.ask({words});
  if (answer.ok()) return answer.out;
  inventory.unseen[kind] = why_unseen(answer);
  return "";
}

void list_queues(Kubectl& kubectl, const std::string& name_space, Inventory& inventory) {
  for (const char* kind : {kLocalQueues, kClusterQueues})
    for (Queue& one : read_queues(list(kubectl, kind, {"-n", name_space}, inventory)))
      inventory.queues.push_back(std::move(one));
}

void set_devices(Published published, Inventory& inventory) {
  inventory.devices = std::move(published.devices);
  inventory.incomplete_pools = std::move(published.incomplete);
}

/// Their kind came years after the API group: where there is none, nothing is tainted by rules.
void list_taint_rules(Kubectl& kubectl, Inventory& inventory) {
  const Answer answer = kubectl.ask({{"get", kTaintRules, "-o", "json"}});
  inventory.has_taint_rules = !contains(answer.err, "doesn't have a resource type") &&
                              !contains(answer.err, "could not find the requested resource");
  if (answer.ok()) {
    inventory.taint_rules = read_taint_rules(answer.out);
    inventory.unseen.erase(kTaintRules);
  } else if (inventory.has_taint_rules) {
    inventory.unseen[kTaintRules] = refusal(answer.err);
  }
}

void require_namespace(Kubectl& kubectl, const std::string& name_space) {
  const Answer answer = kubectl.ask({{"get", "namespace", name_space, "-o", "json"}});
  if (answer.ok() && is_terminating(answer.out))
    throw Error(fmt::format("namespace {} is being deleted: choose another", name_space));
  if (answer.ok() || answer.err.find("Forbidden") != std::string::npos) return;
  if (answer.err.find("NotFound") == std::string::npos)
    throw Error(fmt::format("cannot ask for namespace {}: {}", name_space, reason_of(answer)));
  throw Error(
      fmt::format("there is no namespace {}: make it with `kubectl create namespace {}`, or name "
                  "another with --namespace ({})",
                  name_space, name_space, reason_of(answer)));
}

}  // namespace

bool Inventory::serves(const std::string& group_version) const {
  return std::find(api_versions.begin(), api_versions.end(), group_version) != api_versions.end();
}

Inventory discover(Kubectl& kubectl, const std::string& name_space) {
  Inventory inventory;
  inventory.versions = read_versions(
      require(kubectl.ask({{"version", "-o", "json"}}), "cannot ask for the cluster's version"));
  if (inventory.versions.client_minor < kOldestClient)
    throw Error(fmt::format("kubectl {} is too old: 1.{} or later is needed",
                            inventory.versions.client, kOldestClient));
  std::istringstream served(
      require(kubectl.ask({{"api-versions"}}), "cannot ask what the cluster serves"));
  for (std::string line; std::getline(served, line);) inventory.api_versions.push_back(line);
  require_namespace(kubectl, name_space);
  inventory.nodes = read_nodes(list(kubectl, "nodes", {}, inventory));
  if (inventory.serves(kDra)) {
    inventory.device_classes = read_device_classes(list(kubectl, "deviceclasses", {}, inventory));
    set_devices(read_slices(list(kubectl, "resourceslices", {}, inventory)), inventory);
    list_taint_rules(kubectl, inventory);
    add_taints(inventory);
  }
  inventory.quotas = read_quotas(list(kubectl, "resourcequotas", {"-n", name_space}, inventory));
  if (inventory.serves("kueue.x-k8s.io/v1beta2")) list_queues(kubectl, name_space, inventory);
  return inventory;
}

void refresh(Kubectl& kubectl, Inventory& inventory) {
  const auto list_again = [&](const char* kind, const auto& read, auto& objects) {
    Inventory now;
    const std::string answer = list(kubectl, kind, {}, now);
    if (!now.saw(kind)) return;  // what was seen before is better than nothing
    objects = read(answer);
    inventory.unseen.erase(kind);
  };
  list_again("nodes", read_nodes, inventory.nodes);
  if (!inventory.serves(kDra)) return;
  Published published{std::move(inventory.devices), std::move(inventory.incomplete_pools)};
  list_again("resourceslices", read_slices, published);
  set_devices(std::move(published), inventory);
  // kubectl reads everything that is served anew for each kind that it does not find.
  if (inventory.has_taint_rules) list_taint_rules(kubectl, inventory);
  add_taints(inventory);
}

}  // namespace assay::cluster
