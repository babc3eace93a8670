// Why a sample does not count, where the measurement and the verdict use the same word.
#pragma once

#include <array>
#include <string_view>

namespace assay::discard_reason {

inline constexpr const char* kCpuContention = "cpu_contention";  // others use the processors
inline constexpr const char* kCpuSteal = "cpu_steal";            // the hypervisor took them
inline constexpr const char* kCpuWait = "cpu_wait";  // a measuring thread waited for one
inline constexpr const char* kCpuThrottled =
    "cpu_throttled";  // the control group's quota was used up
inline constexpr const char* kForeignProcess =
    "foreign_process";  // another process used the device

inline constexpr std::array kContention{kCpuContention, kCpuSteal, kCpuWait, kCpuThrottled,
                                        kForeignProcess};

/// Whether others contended for what was measured; else the device itself was slowed down.
constexpr bool is_contention(std::string_view reason) {
  for (const char* known : kContention)
    if (reason == known) return true;
  return false;
}

}  // namespace assay::discard_reason
