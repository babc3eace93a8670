// The processor, memory and thread limits of this process's control group, versions 1 and 2.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace assay {

/// A limit and how much of it is in use.
struct LimitedResource {
  std::int64_t limit = 0, used = 0;
  std::int64_t free() const { return limit > used ? limit - used : 0; }
};

/// Over all groups from this process's own up to the root that it can see: the smallest quota, and
/// the limits that leave the least room.
struct CgroupLimits {
  std::optional<double> cpus;                // quota over period
  std::optional<std::int64_t> memory_bytes;  // the smallest that kills, regardless of use
  /// Bytes. File cache that the kernel drops first (`inactive_file`) is not in use.
  std::optional<LimitedResource> memory;
  std::optional<LimitedResource> pids;  // processes and threads
};

/// Reads below `root` (`/`, or a test's tree); a value is absent if there is no limit or it cannot
/// be read.
CgroupLimits read_cgroup_limits(const std::filesystem::path& root);

/// How many processes the kernel has killed for memory in these groups; absent if it does not tell.
/// A kill may count once for each group that it is in.
std::optional<std::int64_t> count_oom_kills(const std::filesystem::path& root);

/// How often a quota of processor time was used up so far, over the same groups; absent if none of
/// them has a quota, which is found when this is made.
class CgroupThrottling {
 public:
  explicit CgroupThrottling(const std::filesystem::path& root);
  std::optional<std::int64_t> count() const;

 private:
  std::vector<std::filesystem::path> statistics_;  // of the groups that have a quota
};

}  // namespace assay
