// Reads /proc/meminfo and the control group's limits.
#include "harness/measure/host_memory.h"

#include <algorithm>
#include <fstream>
#include <string>

#include "harness/measure/cgroup.h"

namespace assay {

std::size_t free_host_memory_bytes(const std::filesystem::path& root) {
  std::ifstream file(root / "proc/meminfo");
  std::string key, unit;
  std::int64_t kib = 0, available = 0;
  while (file >> key >> kib >> unit)
    if (key == "MemAvailable:") available = kib << 10;
  if (const auto memory = read_cgroup_limits(root).memory)
    available = std::min(available, memory->free());
  return static_cast<std::size_t>(available);
}

}  // namespace assay
