// How much traffic NVLink switches that add and copy (NVLS) save a collective.
#pragma once

#include <cstdint>
#include <string_view>

namespace assay {

/// The first compute capability whose switches do, by its major number.
inline constexpr int kAddingSwitchesMajor = 9;

/// The word for the bound of links and switches together, beside `nvlink`, `pcie` and `nic`.
inline constexpr std::string_view kAddingSwitches = "nvlink_switches";

/// By what factor such switches raise the bus bandwidth that the links of `ranks` allow. They spare
/// an all-reduce of n ranks n - 1 of the 2 n - 1 parts that the factor counts: S (1 + 1/n) crosses
/// a rank's links each way instead of 2 S (n - 1)/n. 1: nothing is spared.
inline double switch_gain(std::string_view workload, std::int64_t ranks) {
  if (workload != "all_reduce" || ranks <= 2) return 1;
  return 2.0 * static_cast<double>(ranks - 1) / static_cast<double>(ranks + 1);
}

}  // namespace assay
