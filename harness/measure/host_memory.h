// The memory that this process may still allocate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace assay {

struct AddressSpace {
  std::int64_t free_bytes = 0;
  const char* limit = "";  // `ulimit -v` or `ulimit -d`, whichever leaves less
};

/// What the process's own limits leave; nothing where there are none.
std::optional<AddressSpace> free_address_space(const std::filesystem::path& root = "/");

/// The kernel's available memory or, if less, what the tightest control group, `ulimit -v` or
/// `ulimit -d` leaves of its limit. Reads below `root` (`/`, or a test's tree). 0 when nothing is
/// reported.
std::size_t free_host_memory_bytes(const std::filesystem::path& root = "/");

}  // namespace assay
