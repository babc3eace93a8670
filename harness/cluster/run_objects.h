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

/// What of the run there is now; its Kueue workloads, which carry no label of ours, by their owner.
Snapshot look(Kubectl& kubectl, const Target& target, const Inventory& inventory);
/// Events of the whole namespace, oldest first; empty where they may not be listed.
std::vector<Event> look_at_events(Kubectl& kubectl, const Target& target);
/// Kinds whose objects a run may have made, as kubectl names them.
std::string made_kinds(const Inventory& inventory);

}  // namespace assay::cluster
