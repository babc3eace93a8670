// The processor and memory limits of this process's control group, versions 1 and 2.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace assay {

struct CgroupLimits {
  std::optional<double> cpus;  // quota over period
  std::optional<std::int64_t> memory_bytes;
};

/// The tightest limit from this process's group up to the root of what it can see. Reads below
/// `root` (`/`, or a test's tree); no limit and nothing readable are the same: absent.
CgroupLimits read_cgroup_limits(const std::filesystem::path& root);

}  // namespace assay
