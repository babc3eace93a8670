// Reads /proc/meminfo, the control group's limits, and the process's own.
#include "harness/measure/host_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "harness/measure/cgroup.h"

namespace assay {

namespace {

/// A line `Max data size   1048576   unlimited   bytes` of /proc/self/limits: the soft limit.
std::optional<std::int64_t> process_limit(const std::filesystem::path& root,
                                          const std::string& name) {
  std::ifstream file(root / "proc/self/limits");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(name)) continue;
    std::int64_t bytes = 0;
    if (std::istringstream(line.substr(name.size())) >> bytes) return bytes;
  }
  return std::nullopt;
}

}  // namespace

std::optional<AddressSpace> free_address_space(const std::filesystem::path& root) {
  const std::int64_t page = sysconf(_SC_PAGESIZE);
  std::ifstream file(root / "proc/self/statm");
  std::int64_t all = 0, data = 0, ignored = 0;
  file >> all >> ignored >> ignored >> ignored >> ignored >> data;
  std::optional<AddressSpace> least;
  const auto lower = [&](const char* limited, const char* name, std::int64_t pages) {
    const auto limit = process_limit(root, limited);
    if (!limit) return;
    const std::int64_t free = std::max<std::int64_t>(*limit - pages * page, 0);
    if (!least || free < least->free_bytes) least = AddressSpace{free, name};
  };
  lower("Max address space", "ulimit -v", all);
  lower("Max data size", "ulimit -d", data);
  return least;
}

std::size_t free_host_memory_bytes(const std::filesystem::path& root) {
  std::ifstream file(root / "proc/meminfo");
  std::string key, unit;
  std::int64_t kib = 0, available = 0;
  while (file >> key >> kib >> unit)
    if (key == "MemAvailable:") available = kib << 10;
  if (const auto memory = read_cgroup_limits(root).memory)
    available = std::min(available, memory->free());
  if (const auto space = free_address_space(root))
    available = std::min(available, space->free_bytes);
  return static_cast<std::size_t>(available);
}

}  // namespace assay
