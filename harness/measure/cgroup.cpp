// Walks the control group's folders: cpu.max, memory.max and pids.max, or version 1's files.
#include "harness/measure/cgroup.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

namespace assay {

namespace fs = std::filesystem;

namespace {

template <class T>
void lower(std::optional<T>& limit, T value) {
  limit = limit ? std::min(*limit, value) : value;
}

template <class T>
std::optional<T> read_number(const fs::path& path) {
  std::ifstream file(path);
  T value{};
  if (file >> value) return value;
  return std::nullopt;
}

void lower(std::optional<LimitedResource>& tightest, LimitedResource one) {
  if (!tightest || one.free() < tightest->free()) tightest = one;
}

/// A line "key value" of memory.stat or cpu.stat; 0 where there is none.
std::int64_t read_statistic(const fs::path& path, const std::string& wanted) {
  std::ifstream file(path);
  std::string key;
  std::int64_t value = 0;
  while (file >> key >> value)
    if (key == wanted) return value;
  return 0;
}

/// The names of one version's files.
struct MemoryFiles {
  const char *limit, *usage, *inactive_file;
};
constexpr MemoryFiles kMemoryFiles[] = {
    {"memory.max", "memory.current", "inactive_file"},
    {"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"}};

void read_memory(const fs::path& folder, CgroupLimits& limits) {
  for (const MemoryFiles& files : kMemoryFiles) {
    const auto limit = read_number<std::int64_t>(folder / files.limit);
    if (!limit) continue;
    const std::int64_t usage = read_number<std::int64_t>(folder / files.usage).value_or(0);
    const std::int64_t dropped = read_statistic(folder / "memory.stat", files.inactive_file);
    lower(limits.memory_bytes, *limit);
    lower(limits.memory, {*limit, std::max<std::int64_t>(usage - dropped, 0)});
  }
}

std::optional<double> read_quota(const fs::path& folder) {
  std::ifstream cpu_max(folder / "cpu.max");  // "200000 100000" or "max 100000"
  double quota = 0, period = 0;
  if (cpu_max >> quota >> period && quota > 0 && period > 0) return quota / period;
  const auto quota_us = read_number<double>(folder / "cpu.cfs_quota_us");  // version 1; -1 is none
  const auto period_us = read_number<double>(folder / "cpu.cfs_period_us");
  if (quota_us && period_us && *quota_us > 0 && *period_us > 0) return *quota_us / *period_us;
  return std::nullopt;
}

void read_folder(const fs::path& folder, CgroupLimits& limits) {
  if (const auto cpus = read_quota(folder)) lower(limits.cpus, *cpus);
  read_memory(folder, limits);
  if (const auto pids = read_number<std::int64_t>(folder / "pids.max")) {  // in both versions
    lower(limits.pids, {*pids, read_number<std::int64_t>(folder / "pids.current").value_or(0)});
  }
}

/// From `base/path` up to `base`. Inside a container the path may name a folder that only the
/// host sees; then `base` itself is this process's group.
template <class Visit>
void visit_upwards(const fs::path& base, const std::string& path, const Visit& visit) {
  fs::path folder = base / fs::path(path).relative_path();
  std::error_code ignored;
  while (folder != base && folder.has_relative_path()) {
    if (fs::is_directory(folder, ignored)) visit(folder);
    folder = folder.parent_path();
  }
  visit(base);
}

/// Every folder of this process's groups.
template <class Visit>
void visit_folders(const fs::path& root, const Visit& visit) {
  const fs::path mount = root / "sys/fs/cgroup";
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {  // "0::/a/b" or "4:cpu,cpuacct:/a/b"
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (controllers.empty()) {
      visit_upwards(mount, path == "/" ? "" : path, visit);
      continue;
    }
    std::istringstream names(controllers);
    for (std::string name; std::getline(names, name, ',');) {
      if (name == "cpu" || name == "memory" || name == "pids") {
        visit_upwards(mount / controllers, path == "/" ? "" : path, visit);
      }
    }
  }
}

}  // namespace

CgroupLimits read_cgroup_limits(const fs::path& root) {
  CgroupLimits limits;
  visit_folders(root, [&](const fs::path& folder) { read_folder(folder, limits); });
  return limits;
}

CgroupThrottling::CgroupThrottling(const fs::path& root) {
  visit_folders(root, [&](const fs::path& folder) {
    if (read_quota(folder)) statistics_.push_back(folder / "cpu.stat");
  });
}

std::optional<std::int64_t> CgroupThrottling::count() const {
  if (statistics_.empty()) return std::nullopt;
  std::int64_t count = 0;
  for (const fs::path& file : statistics_) count += read_statistic(file, "nr_throttled");
  return count;
}

}  // namespace assay
