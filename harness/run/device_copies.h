// Copies between the devices of one node, as a profile asks for them.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "collectives/copies/copy_set.h"
#include "collectives/topology/places.h"
#include "harness/core/asked_cases.h"
#include "harness/measure/group_run.h"
#include "harness/run/machine.h"

namespace assay::run {

/// The fabric of one set of copies; `timed` is the device whose stream is timed.
using MakeFabric = std::function<std::shared_ptr<CopyFabric>(
    const std::vector<Device*>& devices, int timed, const PlannedCopies& copies)>;

/// The asked groups between devices: every ordered pair alone, then disjoint pairs at once.
/// `places` holds the places of `devices`, in the same order.
std::vector<Group> device_copies(const std::vector<AskedGroup>& asked,
                                 const std::vector<Device*>& devices,
                                 const std::vector<RankPlace>& places, std::uint64_t seed,
                                 const MakeFabric& make_fabric);

/// The same for this node, which `node` describes, with CUDA's copy engines.
std::vector<Group> device_copies(const std::vector<AskedGroup>& asked, const Devices& devices,
                                 const Result& node);

}  // namespace assay::run
