// How long work takes, told quickly: for choosing between ways to do it, before it is measured.
#pragma once

#include <cstddef>
#include <functional>

#include "harness/measure/device.h"

namespace assay {

/// Seconds that one `run` takes: the median of five batches on operand sets in turn, after one run
/// that loads the kernel. `run` enqueues work on the device's stream. A batch takes 2 ms or 64
/// runs, so that starting it and waiting for it count for little.
double quick_time_s(Device& device, std::size_t sets,
                    const std::function<void(std::size_t set)>& run);

}  // namespace assay
