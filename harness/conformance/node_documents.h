// Which documents of the evidence are of the same node.
#pragma once

#include <vector>

#include "harness/core/result.h"

namespace assay {

/// A copy of a document is not another node. Throws Error, naming both, for two documents of one
/// process of a run, whatever their files and nodes are called, and for a device that two documents
/// describe. The document between the nodes of a run is no node's.
void refuse_repeated_nodes(const std::vector<Result>& results);

}  // namespace assay
