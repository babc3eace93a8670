// How far a GPU's outcome may be from the emulator's (derived in README.md).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "tests/gpu/ladder_case.h"

namespace assay::gpu {

/// Whatever is only moved, and products of integers, which f32 sums exactly in any order.
bool is_exact(const LadderCase& one);

/// The first element that differs by more than it may and how many do; nothing when none does.
std::optional<std::string> difference(const LadderCase& one, std::span<const std::byte> gpu);

}  // namespace assay::gpu
