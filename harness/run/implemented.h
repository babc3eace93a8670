// Everything that this executable can measure, by the names that a profile uses.
#pragma once

#include <vector>

#include "harness/core/asked_cases.h"

namespace assay::run {

/// Kernels, collectives over Gloo and NCCL, pairs of ranks and copies between devices. Those for
/// CUDA only if the executable has CUDA kernels.
std::vector<Implemented> implemented();

}  // namespace assay::run
