// Finds devices that are published but that no claim can get.
#pragma once

#include <string>

#include "harness/cluster/discover.h"

namespace assay::cluster {

/// Gives each device the taints of the rules that select it.
void add_taints(Inventory& inventory);

/// The taints of a device that keep a claim with this request away.
std::vector<std::string> not_tolerated(const Device& device, const DeviceRequest& request);

/// The tainted devices of a request's class, with their taints, and the pools with missing slices,
/// as the end of a message, ` (not counted: …)`; empty where every device counts.
std::string not_counted(const DeviceRequest& request, const Inventory& inventory);
std::string not_counted(const std::string& device_class, const Inventory& inventory);

}  // namespace assay::cluster
