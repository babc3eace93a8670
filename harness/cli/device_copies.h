// Copies between the devices of one node, as a profile asks for them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collectives/copies/copy_set.h"
#include "collectives/topology/places.h"
#include "harness/cli/run_steps.h"

namespace assay::cli {

/// One case of the profile between devices; whichever of them copy.
struct AskedCopies {
  CaseId id;
  Series series = Series::cold;
  bool operator==(const AskedCopies&) const = default;
};

/// What the profile asks of `backend` between devices and the filter takes, each once. Throws Error
/// when the filter is not a regular expression, and for anything but f32 by copy_engine of a
/// positive multiple of 16 bytes.
std::vector<AskedCopies> asked_device_copies(const Profile& profile, Backend backend,
                                             const std::string& filter);

/// The fabric of one set of copies; `timed` is the device whose stream is timed.
using MakeFabric = std::function<std::shared_ptr<CopyFabric>(
    const std::vector<Device*>& devices, int timed, const std::vector<PlannedCopy>& copies)>;

/// Every ordered pair alone, then disjoint pairs at once; nothing for fewer than two devices.
/// `places` are those devices', in their order.
std::vector<Group> device_copies(const std::vector<AskedCopies>& asked,
                                 const std::vector<Device*>& devices,
                                 const std::vector<RankPlace>& places, std::uint64_t seed,
                                 const MakeFabric& make_fabric);

/// The same of this node, by CUDA's copy engines; `node` describes it.
std::vector<Group> device_copies(const std::vector<AskedCopies>& asked, const Devices& devices,
                                 const Result& node);

}  // namespace assay::cli
