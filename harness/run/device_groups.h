// The cases that a profile asks of devices, as groups for the sampler.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/asked_cases.h"
#include "harness/measure/device.h"
#include "harness/measure/group_run.h"
#include "harness/measure/purpose.h"

namespace assay::run {

/// Why a case cannot run on `device`, or nothing.
std::optional<std::string> why_not(const CaseId& id, const Device& device);

/// The asked groups of devices on every device, ready for the sampler; then those of all devices at
/// once. In those, the scope's first member is the device that was timed; the others worked at the
/// same time. Operands live from the first case that makes them to the last one that uses them.
std::vector<Group> groups_for(const std::vector<AskedGroup>& asked,
                              const std::vector<std::unique_ptr<Device>>& devices,
                              std::uint64_t seed, Purpose purpose = Purpose::timing);

}  // namespace assay::run
