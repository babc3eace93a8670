// How pods got their devices, where a claim alone does not show it.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/objects.h"

namespace assay::cluster {

/// A line for each extended resource that DRA serves, and for each alternative of a request
/// (`firstAvailable`) that was taken; none for a claim that asks for its devices exactly.
std::vector<std::string> how_claimed(const Snapshot& run);

}  // namespace assay::cluster
