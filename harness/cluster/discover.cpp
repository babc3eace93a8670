// A few calls, each of which a cluster may refuse by itself.
#include "harness/cluster/discover.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "harness/core/error.h"

namespace assay::cluster {

namespace {

constexpr int kOldestClient = 27;  // kustomize 5, whose components are as ours need them

/// The answer to a list, or nothing where this user may not see it or there is no such kind.
std::string list(Kubectl& kubectl, const std::vector<std::string>& words, Inventory& inventory) {
  const Answer answer = kubectl.ask({words});
  if (answer.ok()) return answer.out;
  if (answer.err.find("Forbidden") != std::string::npos)
    inventory.not_allowed.push_back(words.at(1));
  return "";
}

void require_namespace(Kubectl& kubectl, const std::string& name_space) {
  const Answer answer = kubectl.ask({{"get", "namespace", name_space, "-o", "json"}});
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
  inventory.nodes = read_nodes(list(kubectl, {"get", "nodes", "-o", "json"}, inventory));
  if (inventory.serves("resource.k8s.io/v1")) {
    inventory.device_classes =
        read_device_classes(list(kubectl, {"get", "deviceclasses", "-o", "json"}, inventory));
    inventory.devices =
        read_devices(list(kubectl, {"get", "resourceslices", "-o", "json"}, inventory));
  }
  inventory.quotas = read_quotas(
      list(kubectl, {"get", "resourcequotas", "-n", name_space, "-o", "json"}, inventory));
  if (inventory.serves("kueue.x-k8s.io/v1beta2"))
    inventory.queues =
        read_queues(list(kubectl,
                         {"get", "localqueues.kueue.x-k8s.io,clusterqueues.kueue.x-k8s.io", "-n",
                          name_space, "-o", "json"},
                         inventory));
  return inventory;
}

void refresh(Kubectl& kubectl, Inventory& inventory) {
  if (const Answer nodes = kubectl.ask({{"get", "nodes", "-o", "json"}}); nodes.ok())
    inventory.nodes = read_nodes(nodes.out);
  if (!inventory.serves("resource.k8s.io/v1")) return;
  if (const Answer slices = kubectl.ask({{"get", "resourceslices", "-o", "json"}}); slices.ok())
    inventory.devices = read_devices(slices.out);
}

}  // namespace assay::cluster
