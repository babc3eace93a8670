// The file in which the emulator's outcomes travel to a GPU.
//
//   assay-emulated-ladder 1 <cases>
//   <variant> <dtype> <m> <n> <k> <blocks> <data> <bytes> <checksum>     and for each case this
//   line, <the arrays a, b and c, little-endian, one after the other>          then that many bytes
//
// The checksum (FNV-1a, 64 bits, hexadecimal) covers the line's other words and the arrays.
#pragma once

#include <filesystem>
#include <vector>

#include "tests/gpu/ladder_case.h"

namespace assay::gpu {

/// Throws Error when the file cannot be written; it is renamed into place when whole.
void write_ladder_file(const std::filesystem::path& path, const std::vector<LadderCase>& cases);

/// Throws Error, in one line, for a file that is absent, truncated, damaged or of another version.
std::vector<LadderCase> read_ladder_file(const std::filesystem::path& path);

}  // namespace assay::gpu
