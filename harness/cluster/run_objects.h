// A run among the objects of a namespace: found by its label alone.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/discover.h"
#include "harness/cluster/kubectl.h"
#include "harness/cluster/objects.h"

namespace assay::cluster {

struct Target {
  std::string name_space, run;
  std::string selector() const { return "assay.io/run=" + run; }
};

/// What of the run there is now: what carries its label, and the claims, PodGroups and Workloads
/// that others made for it. Throws Error where that is refused.
Snapshot look(Kubectl& kubectl, const Target& target, const Inventory& inventory);
/// `unseen`: why they could not be listed, or empty.
struct Events {
  std::vector<Event> list;
  std::string unseen;
};
struct Claims {
  std::vector<Claim> list;
  std::string unseen;
};
/// Events of the whole namespace, oldest first.
Events look_at_events(Kubectl& kubectl, const std::string& name_space);
/// All claims of the cluster, also those of others.
Claims look_at_all_claims(Kubectl& kubectl, const Inventory& inventory);
/// All pods of the namespace, also those of others; empty where they may not be listed.
std::vector<Pod> look_at_all_pods(Kubectl& kubectl, const std::string& name_space);
/// Kinds whose labelled objects a run may have made, as kubectl names them, and pods.
std::string made_kinds(const Inventory& inventory);
/// Kinds that others make for a run, some without its label; empty where none is served.
std::string dependent_kinds(const Inventory& inventory);

}  // namespace assay::cluster
