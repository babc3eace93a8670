// How long work takes, told quickly: for choosing between ways to do it, before it is measured.
#pragma once

#include <cstddef>
#include <functional>

#include "harness/measure/device.h"

namespace assay {

inline constexpr int kQuickBatches = 5, kMostRunsOfBatch = 64;
/// The sets beyond are never reached: after a run that loads the kernel comes one that is timed
/// alone.
inline constexpr std::size_t kMostQuickRuns = 2 + kQuickBatches * kMostRunsOfBatch;

/// Seconds that one `run` takes: the median of the batches, on operand sets in turn. `run` enqueues
/// work on the device's stream. A batch takes 2 ms or the most runs, so that starting it and
/// waiting for it count for little.
double quick_time_s(Device& device, std::size_t sets,
                    const std::function<void(std::size_t set)>& run);

}  // namespace assay
