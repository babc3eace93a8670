// The plan of copies as groups for the sampler.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "collectives/copies/copy_set.h"
#include "collectives/topology/places.h"
#include "harness/measure/group_run.h"

namespace assay {

struct CopyGroupOptions {
  std::size_t bytes = std::size_t{512} << 20;  // as nvbandwidth's buffers
  std::uint64_t seed = 0;
  Series series = Series::hot;  // one pair of buffers
  /// The fabric of one set of copies; the stream of `timed_device` is the timed one.
  std::function<std::shared_ptr<CopyFabric>(int timed_device, const PlannedCopies& copies)>
      make_fabric;
};

/// One group per set of copies. Cases are `device_to_device.f32.copy_engine/bytes…`. The scope's
/// members are source and destination of each copy in turn. `places` describes the devices of one
/// node.
std::vector<Group> copy_groups(const std::vector<PlannedCopies>& plan,
                               const std::vector<Device*>& devices,
                               const std::vector<RankPlace>& places,
                               const CopyGroupOptions& options);

/// The sum of the link rates of all copies; 0 when one is not known.
double link_bytes_per_s(const PlannedCopies& copies, const std::vector<RankPlace>& places);

}  // namespace assay
