// The host's processors, caches and memory as the kernel reports them, limited to what this process
// may use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace assay {

struct HostCache {
  int level = 0;
  std::string type;        // Data | Instruction | Unified
  std::int64_t bytes = 0;  // of one instance
  int instances = 0;       // that belong to usable processors
};

/// Absent: the kernel (or a container, or a hypervisor) does not report it.
struct HostFacts {
  std::string model_name;            // "unknown" when not reported
  std::string vendor;                // x86: GenuineIntel, AuthenticAMD; Arm: the implementer, 0x41
  std::optional<int> family, model;  // x86
  std::optional<int> part;           // Arm: the core's part number
  std::vector<std::string> flags;    // the kernel's names: avx2, fma, avx512f, asimd, sve
  std::vector<int> processors;       // logical ones this process may run on
  int cores = 0;                     // distinct cores among them
  std::optional<double> cpu_quota;   // of a cgroup, in processors
  std::optional<double> max_clock_hz;       // cpuinfo_max_freq
  std::optional<double> reported_clock_hz;  // /proc/cpuinfo; on a guest often the TSC's
  std::vector<HostCache> caches;
  std::int64_t memory_bytes = 0;  // of the machine, or a cgroup's lower limit
  std::string isa;                // avx512 | avx2 | sse2 | sve | neon | none known

  bool has_flag(const std::string& flag) const;
  /// Cores that can be busy at once: `cores`, less when a quota allows less.
  double usable_cores() const;
  /// The sum over the last-level caches of the usable processors; 0 when not reported.
  std::int64_t last_level_cache_bytes() const;
};

/// Reads below `root` (`/`, or a test's tree); `processors` as sched_getaffinity gives them.
HostFacts read_host_facts(const std::filesystem::path& root, std::vector<int> processors);
HostFacts read_host_facts();

}  // namespace assay
