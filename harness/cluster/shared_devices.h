// A device that several claims share. Each consumes a part of its capacities.
#pragma once

#include "harness/cluster/objects.h"

namespace assay::cluster {

/// Whether the device can give a claim so much of these capacities, while nobody else has any.
bool has_capacity(const Texts& wanted, const Device& device);

/// How many more allocations that ask for these capacities fit, in addition to what is `consumed`;
/// at most `times`, and once where the device is not shared.
std::size_t room_for(const Texts& wanted, const Device& device, const Amounts& consumed,
                     long times);

}  // namespace assay::cluster
