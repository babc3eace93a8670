// What the documents of all nodes have in common, before numbers are drawn.
#pragma once

#include <vector>

#include "harness/core/asked_cases.h"
#include "harness/simulate/parts.h"

namespace assay::simulate {

/// One measurement of every node with so many devices.
struct PlannedMeasurement {
  Measurement still;  ///< All that neither the node nor a number decides.
  Reach reach = Reach::each_device;
  Family family = Family::compute;
  Bound bound;
  double implementation = 1;         ///< Its rate beside the library's.
  std::vector<std::size_t> members;  ///< Places of devices; the first is the one that is timed.
  std::int64_t samples = 0;
  int passes = 1;
};

struct Plan {
  std::size_t devices = 0;
  std::vector<PlannedMeasurement> measurements;
  std::string finished;
};

/// `devices` are those of any node: only what all of them have in common is read. Throws Error for
/// a profile that asks for pairs of ranks.
Plan plan_of(const SimulationModel& model, const Profile& profile,
             const std::vector<DeviceFacts>& devices);

}  // namespace assay::simulate
