// Runs cases of the ladder on the first GPU.
#pragma once

#include <chrono>

#include "tests/gpu/judge.h"

namespace assay::gpu {

/// Throws Error: `missing` when there is no GPU that these kernels are for, `broken` when it does
/// not work. Gives its name.
std::string open_gpu();

/// The output is poisoned and lies between guards; a kernel that has not ended after `deadline`
/// hangs.
DeviceOutcome run_on_gpu(const LadderVariant& variant, const LadderCase& one,
                         std::chrono::seconds deadline);

}  // namespace assay::gpu
