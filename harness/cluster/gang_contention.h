// Whether a gang scheduler keeps gangs whole where there is no room for all that is asked for.
#pragma once

#include "harness/cluster/plan.h"
#include "harness/cluster/watch.h"
#include "harness/core/cluster_facts.h"

namespace assay::cluster {

/// A pod takes one of `plan.wishes.nodes` free nodes (at least two). Two gangs are submitted that
/// each need them all: for `window_s` neither may have a pod bound. Then the node is freed, and the
/// gangs have to start one after the other: of each either no pod is bound or all are. Leaves
/// nothing behind. Throws Error where fewer nodes are free, or what takes the node does not start.
GangContentionFacts contend_for_nodes(Kubectl& kubectl, const Plan& plan,
                                      const Inventory& inventory, const Pace& pace,
                                      double window_s);

}  // namespace assay::cluster
