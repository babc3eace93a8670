// The memory that this process may still take.
#pragma once

#include <cstddef>
#include <filesystem>

namespace assay {

/// What the kernel calls available, or the tightest control group's limit less its use where that
/// is less. Reads below `root` (`/`, or a test's tree). 0 when nothing is told.
std::size_t free_host_memory_bytes(const std::filesystem::path& root = "/");

}  // namespace assay
