// Accelerators and a NIC of one claim under one PCIe root, or on one NUMA node.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/cluster/objects.h"

namespace assay::cluster {

/// The attribute that drivers of every vendor publish under that name, which a claim can match:
/// `resource.kubernetes.io/pcieRoot`.
std::string alignment_attribute(const std::string& alignment);

/// Some of `devices`, `count` of which make a group with those of the other sides.
struct Side {
  std::vector<const Device*> devices;
  long count = 1;
};

/// For each node that has any, how many groups it has whose devices share one value of the
/// attribute; empty attribute: whose devices are on that node.
std::map<std::string, long> groups_on_nodes(const std::vector<Side>& sides,
                                            const std::string& attribute);

/// The value that a device publishes; null: none. Its driver's own attributes have no domain.
const std::string* published(const Device& device, const std::string& attribute);

/// Of the requests `accelerator` and `nic` of manifests/components/network, or `accelerator-3` and
/// `nic-3` where a claim has several pairs: `3`.
std::string pair_of(const std::string& request);
bool is_nic(const std::string& request);

}  // namespace assay::cluster
