// What this executable is: its version, and the parts that it was built with.
#pragma once

#include <string>

namespace assay::cli {

std::string version();
/// Built with CUDA kernels and a static cudart.
bool built_with_cuda();

}  // namespace assay::cli
