// This node as a whole: its name, and what it is made of beside its devices.
#pragma once

#include <string>

#include "harness/core/result.h"
#include "harness/measure/host_facts.h"

namespace assay {

/// The name that Kubernetes gave ($NODE_NAME by the downward API), else the host's.
std::string node_name();

/// Processors and caches, for NodeFacts::topology.
Json host_topology(const HostFacts& facts);

}  // namespace assay
