// Takes the results from the pods that hold them.
#pragma once

#include <filesystem>

#include "harness/cluster/watch.h"

namespace assay::cluster {

/// Waits until the lowest rank that still runs holds its results, streams them into `folder`,
/// stamps them with what `memory` knows, and only then lets the pods end. Throws Error with the
/// causes when no pod is left that could be asked, at the deadline, or when the user stops it.
void collect(Kubectl& kubectl, const Target& target, const Inventory& inventory, const Pace& pace,
             Memory& memory, const std::filesystem::path& folder);

}  // namespace assay::cluster
