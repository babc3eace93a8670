// The cases of the ladder, and their outcomes in the emulator.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/gpu/ladder_case.h"

namespace assay::gpu {

/// Every variant on small shapes, ragged ones among them, with integers and with random data.
/// `schedule` seeds the emulator's adversary; a right kernel gives the same under all of them.
/// Throws Error with the emulator's report when it finds fault with a kernel.
std::vector<LadderCase> emulate_ladder(std::uint64_t schedule);

}  // namespace assay::gpu
