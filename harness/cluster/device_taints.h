// Devices that are published and that no claim gets.
#pragma once

#include <string>

#include "harness/cluster/discover.h"

namespace assay::cluster {

/// Gives each device the taints of the rules that select it.
void add_taints(Inventory& inventory);

/// Of a class: the tainted devices, with their taints, and the pools of which slices are missing,
/// in words that end a message, ` (not counted: …)`; empty where every device counts.
std::string not_counted(const std::string& device_class, const Inventory& inventory);

}  // namespace assay::cluster
