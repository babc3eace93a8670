// Finds where control groups are mounted, and walks from this process's own up to what it can see.
#include "harness/measure/cgroup.h"

#include <algorithm>
#include <fstream>
#include <map>
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

/// The names of one version's files. At memory.high the kernel takes memory back by force.
struct MemoryFiles {
  const char *limit, *soft_limit, *usage, *inactive_file;
};
constexpr MemoryFiles kMemoryFiles[] = {
    {"memory.max", "memory.high", "memory.current", "inactive_file"},
    {"memory.limit_in_bytes", nullptr, "memory.usage_in_bytes", "total_inactive_file"}};
constexpr std::int64_t kNoLimit = std::int64_t{1} << 62;  // version 1 writes a page below 2^63

std::optional<std::int64_t> read_limit(const fs::path& path) {
  const auto limit = read_number<std::int64_t>(path);  // none where it says "max"
  return limit && *limit < kNoLimit ? limit : std::nullopt;
}

void read_memory(const fs::path& folder, CgroupLimits& limits) {
  for (const MemoryFiles& files : kMemoryFiles) {
    std::optional<std::int64_t> tightest = read_limit(folder / files.limit);
    if (tightest) lower(limits.memory_bytes, *tightest);
    if (files.soft_limit)
      if (const auto soft = read_limit(folder / files.soft_limit)) lower(tightest, *soft);
    if (!tightest) continue;
    const std::int64_t usage = read_number<std::int64_t>(folder / files.usage).value_or(0);
    const std::int64_t dropped = read_statistic(folder / "memory.stat", files.inactive_file);
    lower(limits.memory, {*tightest, std::max<std::int64_t>(usage - dropped, 0)});
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

/// This process's group in each hierarchy, by controller; version 2 has no name there.
std::map<std::string, std::string> read_memberships(const fs::path& root) {
  std::map<std::string, std::string> groups;
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {  // "0::/a/b" or "4:cpu,cpuacct:/a/b"
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string path = line.substr(second + 1);
    std::istringstream names(line.substr(first + 1, second - first - 1) + ",");
    for (std::string name; std::getline(names, name, ',');) groups[name] = path;
  }
  return groups;
}

/// One line of mountinfo: where `root` of a file system can be seen.
struct Mount {
  std::string root, point, type, options;
};

std::vector<Mount> read_mounts(const fs::path& root) {
  std::vector<Mount> mounts;
  std::ifstream file(root / "proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string ignored;
    Mount mount;
    words >> ignored >> ignored >> ignored >> mount.root >> mount.point;
    while (words >> ignored && ignored != "-") {  // any number of optional fields
    }
    words >> mount.type >> ignored >> mount.options;
    if (mount.type == "cgroup2" || mount.type == "cgroup") mounts.push_back(std::move(mount));
  }
  return mounts;
}

/// This process's group in a mounted hierarchy; none if that has nothing that is read here.
std::optional<std::string> group_in(const Mount& mount,
                                    const std::map<std::string, std::string>& memberships) {
  std::istringstream controllers(mount.type == "cgroup2" ? "," : mount.options);
  for (std::string name; std::getline(controllers, name, ',');) {
    const bool is_read = name.empty() || name == "cpu" || name == "memory" || name == "pids";
    const auto found = memberships.find(name);
    if (is_read && found != memberships.end()) return found->second;
  }
  return std::nullopt;
}

/// `group` as seen from a mount of `root`; empty, the mount itself, if it is not below that: what a
/// container is shown.
fs::path below(const std::string& root, const std::string& group) {
  const fs::path relative = fs::path(group).lexically_relative(root);
  const bool is_outside =
      relative.empty() || *relative.begin() == ".." || group.find("..") != std::string::npos;
  return is_outside || relative == "." ? fs::path() : relative;
}

/// Every folder of this process's groups, from its own up.
template <class Visit>
void visit_folders(const fs::path& root, const Visit& visit) {
  const auto memberships = read_memberships(root);
  for (const Mount& mount : read_mounts(root)) {
    const auto group = group_in(mount, memberships);
    if (!group) continue;
    const fs::path top = root / fs::path(mount.point).relative_path();
    for (fs::path part = below(mount.root, *group); !part.empty(); part = part.parent_path())
      visit(top / part);
    visit(top);
  }
}

}  // namespace

CgroupLimits read_cgroup_limits(const fs::path& root) {
  CgroupLimits limits;
  visit_folders(root, [&](const fs::path& folder) { read_folder(folder, limits); });
  return limits;
}

std::optional<std::int64_t> count_oom_kills(const fs::path& root) {
  std::optional<std::int64_t> count;
  visit_folders(root, [&](const fs::path& folder) {
    for (const char* name : {"memory.events", "memory.oom_control"}) {
      std::error_code ignored;
      if (fs::exists(folder / name, ignored))
        count = count.value_or(0) + read_statistic(folder / name, "oom_kill");
    }
  });
  return count;
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
