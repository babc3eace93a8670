// Runs a fuzz target on its corpus and on seeded mutations of it, under any compiler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace assay::fuzz {

/// libFuzzer's LLVMFuzzerTestOneInput.
using Target = int (*)(const std::uint8_t* data, std::size_t size);

/// A test's body: fails when the corpus holds too few texts; the target ends the process by itself.
void replay(Target target, const std::filesystem::path& corpus);

}  // namespace assay::fuzz
