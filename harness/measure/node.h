// This node as a whole: its name, and its facts besides the devices.
#pragma once

#include <optional>
#include <string>

#include "harness/core/result.h"
#include "harness/measure/host_facts.h"

namespace assay {

/// The name that Kubernetes gave ($NODE_NAME by the downward API), else the host's.
std::string node_name();

/// Namespace and pod, from ASSAY_NAMESPACE and ASSAY_POD (downward API); nothing outside a cluster.
/// What a pod cannot know about itself (claim, devices, image digest) is added on collection.
std::optional<KubernetesFacts> kubernetes_facts();

/// Processors and caches, for NodeFacts::topology.
Json host_topology(const HostFacts& facts);

}  // namespace assay
