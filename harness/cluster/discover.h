// What the cluster has, found by asking and never guessed from its version.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/kubectl.h"
#include "harness/cluster/objects.h"

namespace assay::cluster {

inline constexpr const char* kDra = "resource.k8s.io/v1";
inline constexpr const char* kTaintRules = "devicetaintrules";
inline constexpr const char* kLocalQueues = "localqueues.kueue.x-k8s.io";
inline constexpr const char* kClusterQueues = "clusterqueues.kueue.x-k8s.io";

struct Inventory {
  Versions versions;
  std::vector<std::string> api_versions;  // `group/version`
  std::vector<DeviceClass> device_classes;
  std::vector<Device> devices;  // with the taints of `taint_rules`
  std::vector<IncompletePool> incomplete_pools;
  std::vector<TaintRule> taint_rules;
  bool has_taint_rules = false;  // their kind is served, though they may not be listed
  std::vector<Node> nodes;
  std::vector<Queue> queues;  // Kueue's LocalQueues of the namespace, and ClusterQueues
  std::vector<Quota> quotas;  // of the namespace
  Texts unseen;  // kinds that could not be listed, each with the reason: what is empty of them
                 // above is not known to be absent

  bool serves(const std::string& group_version) const;
  bool saw(const std::string& kind) const { return !unseen.contains(kind); }
};

/// Throws Error where kubectl is too old, the cluster cannot be asked, or the namespace is not
/// there. A list that is refused or fails is left empty and named in `unseen`.
Inventory discover(Kubectl& kubectl, const std::string& name_space);

/// Asks again for what changes while a run waits: nodes and published devices.
void refresh(Kubectl& kubectl, Inventory& inventory);

}  // namespace assay::cluster
