// How the host's processors have spent their time, and how much of it this process had.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace assay {

/// Seconds since the machine started, summed over processors.
struct CpuTimes {
  double total_s = 0, idle_s = 0, steal_s = 0;
  double own_s = 0;  // of this process
};

/// Of those processors, from `proc/stat` below `root`; of all where the file does not tell them
/// apart. Absent where it cannot be read.
std::optional<CpuTimes> read_cpu_times(const std::vector<int>& processors,
                                       const std::filesystem::path& root);

/// Of the time between two readings.
struct CpuShares {
  double other = 0;  // other processes
  double steal = 0;  // other guests of the hypervisor
};
CpuShares cpu_shares(const CpuTimes& before, const CpuTimes& after);

}  // namespace assay
