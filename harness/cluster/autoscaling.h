// Whether claims that no node can meet bring new nodes, and whether these go again.
#pragma once

#include "harness/cluster/plan.h"
#include "harness/cluster/watch.h"
#include "harness/core/cluster_facts.h"

namespace assay::cluster {

/// Submits one pod more than there are free nodes for it, waits for nodes to come and for every pod
/// to be bound, deletes the pods, and waits for those nodes to go. At most a quarter of an hour to
/// come, half an hour to go. Leaves nothing behind. Throws Error where the pods are refused.
AutoscalingFacts scale_by_claims(Kubectl& kubectl, const Plan& plan, const Inventory& inventory,
                                 const Pace& pace);

}  // namespace assay::cluster
