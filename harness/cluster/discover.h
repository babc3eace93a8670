// What the cluster has, found by asking and never guessed from its version.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/kubectl.h"
#include "harness/cluster/objects.h"

namespace assay::cluster {

struct Inventory {
  Versions versions;
  std::vector<std::string> api_versions;  // `group/version`
  std::vector<DeviceClass> device_classes;
  std::vector<Device> devices;
  std::vector<Node> nodes;
  std::vector<Queue> queues;             // Kueue's LocalQueues of the namespace, and ClusterQueues
  std::vector<Quota> quotas;             // of the namespace
  std::vector<std::string> not_allowed;  // what this user may not list

  bool serves(const std::string& group_version) const;
};

/// Throws Error where kubectl is too old, the cluster cannot be asked, or the namespace is not
/// there. A list that is refused is left empty and named in `not_allowed`.
Inventory discover(Kubectl& kubectl, const std::string& name_space);

/// Asks again for what changes while a run waits: nodes and published devices.
void refresh(Kubectl& kubectl, Inventory& inventory);

}  // namespace assay::cluster
