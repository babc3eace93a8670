// A processor's clock from its cycle counter and a timer, read twice.
#pragma once

#include <cstdint>
#include <optional>

namespace assay {

struct CycleStamp {
  std::uint64_t time_ns = 0, cycles = 0;
};

/// Nothing when the counter went backwards or the time is too short for the timer: some GPUs
/// advance %globaltimer once per microsecond, which is an error of 1 % in 100 us.
inline std::optional<double> clock_between(const CycleStamp& before, const CycleStamp& after) {
  constexpr std::uint64_t kShortestNs = 100'000;
  if (after.time_ns < before.time_ns + kShortestNs || after.cycles <= before.cycles) {
    return std::nullopt;
  }
  return static_cast<double>(after.cycles - before.cycles) /
         (static_cast<double>(after.time_ns - before.time_ns) * 1e-9);
}

}  // namespace assay
