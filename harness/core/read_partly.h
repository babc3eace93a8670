// Reads many result documents for a caller that needs little of their telemetry.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "harness/core/result.h"

namespace assay {

/// As read_result: what it refuses is refused. Of each measurement's telemetry no more than these
/// members need be there. It is read over what `result` held, whose memory is used again.
void read_result(const std::filesystem::path& path, std::span<const std::string_view> telemetry,
                 Result& result);

}  // namespace assay
