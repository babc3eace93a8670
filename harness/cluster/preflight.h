// Finds what the cluster cannot provide for a plan, before anything is applied.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/plan.h"

namespace assay::cluster {

/// A line for each: too few nodes, or too few with enough devices, a quota that is too small, an
/// image's name that is none. Pure.
std::vector<std::string> preflight(const Plan& plan, const Inventory& inventory);

}  // namespace assay::cluster
