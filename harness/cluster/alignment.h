// Accelerators and a NIC of one claim under one PCIe root, or on one NUMA node.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/objects.h"

namespace assay::cluster {

/// The attribute that drivers of every vendor publish under that name, which a claim can match:
/// `resource.kubernetes.io/pcieRoot`.
std::string alignment_attribute(const std::string& alignment);

/// For each node that has any, the most of `accelerators` that share one value of the attribute
/// with one of `nics`.
std::vector<long> aligned_on_nodes(const std::vector<const Device*>& accelerators,
                                   const std::vector<const Device*>& nics,
                                   const std::string& attribute);

}  // namespace assay::cluster
