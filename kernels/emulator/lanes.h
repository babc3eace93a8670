// What the lanes of a warp tell each other: shuffles, votes, the elected lane.
#pragma once

#include <cstdint>

#include "kernels/emulator/site.h"

namespace assay::emulator {

/// Which lane a lane reads from; itself where the source is out of the warp.
enum class Shuffle { kIndex, kXor, kUp, kDown };

std::uint32_t shuffle(Shuffle kind, std::uint32_t value, std::uint32_t operand, std::uint32_t mask,
                      const Site& site);
/// One bit for each lane of the mask whose predicate is true.
std::uint32_t ballot(bool predicate, std::uint32_t mask, const Site& site);
/// True in one lane of the mask, which the seed chooses and which stays the same for the warp.
bool elect(std::uint32_t mask, const Site& site);

}  // namespace assay::emulator
