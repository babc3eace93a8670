// NICs that a pod claims in addition to its accelerators: how many, and what they share with them.
#pragma once

#include <numeric>

#include "harness/cluster/plan.h"

namespace assay::cluster {

/// What manifests/components/network asks of a NIC in addition to its class.
constexpr const char* kRdma = "device.attributes['dra.net'].?rdma.orValue(false)";

/// Chooses the devices and NICs of a pod of a plan that names a class of NICs, and says why; what
/// cannot be met becomes a fault.
void choose_nics(const Inventory& inventory, Plan& plan);

/// Groups of a claim, in each of which accelerators and NICs share one value of the alignment.
inline int groups_of(const Plan& plan) { return std::gcd(plan.devices, plan.nics); }

/// The component `network/paired` for so many groups: kustomize makes no lists.
std::string paired_text(const Plan& plan);

}  // namespace assay::cluster
