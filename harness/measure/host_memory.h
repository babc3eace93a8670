// The memory that this process may still allocate.
#pragma once

#include <cstddef>
#include <filesystem>

namespace assay {

/// The kernel's available memory or, if less, what the tightest control group, `ulimit -v` or
/// `ulimit -d` leaves of its limit. Reads below `root` (`/`, or a test's tree). 0 when nothing is
/// reported.
std::size_t free_host_memory_bytes(const std::filesystem::path& root = "/");

}  // namespace assay
