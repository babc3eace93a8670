// The run and the machine as a document describes them before anything is measured.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/profile.h"
#include "harness/measure/device.h"

namespace assay::run {

using Devices = std::vector<std::unique_ptr<Device>>;

/// The document of a run that starts now, with no backend set yet.
Result new_result(const Profile& profile, std::uint64_t seed,
                  const std::vector<std::string>& command, const std::string& version);

void set_backend(Result& result, Backend backend);
/// Throws Error if the profile is for other backends.
void refuse_other_backend(const Profile& profile, Backend backend);

/// This node and its software.
void record_machine(Result& result, Backend backend, const Devices& devices);

}  // namespace assay::run
