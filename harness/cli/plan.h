// A profile as the list of groups that it asks for, and the groups as the sampler takes them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/profile.h"
#include "harness/measure/device.h"
#include "harness/measure/group_run.h"
#include "kernels/catalogue.h"

namespace assay::cli {

/// One case of a group; without an implementation the profile named one that is not built in.
struct PlannedCase {
  CaseId id;
  const Implementation* implementation = nullptr;
};

/// What is measured in alternation: one workload, dtype, shape and series, before any device.
struct PlannedGroup {
  Series series = Series::cold;
  bool at_once = false;  ///< On all devices at the same time, where there are several.
  std::vector<PlannedCase> cases;
};

/// Every group of the profile for `backend`, in the profile's order. `filter` is a regular
/// expression that some part of the case id must match; empty: all. Throws Error when it is not a
/// regular expression, when nothing is left, and when the profile asks for a workload that nothing
/// here implements.
/// `beside`: something else is asked for too, so that nothing left is no error.
std::vector<PlannedGroup> plan(const Profile& profile, Backend backend, const std::string& filter,
                               bool beside = false);

/// Why a planned case cannot run on `device`, or nothing.
std::optional<std::string> why_not(const PlannedCase& planned, const Device& device);

/// Every group on every device, ready for the sampler; then those of all devices at once. There the
/// scope's members are the device that was timed and then those that worked beside it. Operands
/// live from the first case that makes them to the last one that uses them.
std::vector<Group> groups_for(const std::vector<PlannedGroup>& planned,
                              const std::vector<std::unique_ptr<Device>>& devices,
                              std::uint64_t seed);

}  // namespace assay::cli
