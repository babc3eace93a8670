// Reading of a result document for somebody who needs little of its telemetry.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "harness/core/result.h"

namespace assay {

/// As read_result: what it refuses is refused. Of each measurement's telemetry no more than these
/// members need be there; most of what a fleet's reader allocates are the others.
Result read_result(const std::filesystem::path& path, std::span<const std::string_view> telemetry);

}  // namespace assay
