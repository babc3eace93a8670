// The GPU's memory workloads: 16 bytes per access, and a grid-stride loop over the arrays.
#pragma once

#include "kernels/launch/prepared_launch.h"
#include "kernels/memory/operation.h"

namespace assay {

/// Threads of a block of every vectorized kernel.
inline constexpr int kVectorThreads = 256;

/// One pass over these arrays by `blocks` blocks; memory_read leaves one partial sum per block.
using PrepareVectorized = PreparedLaunch (*)(const MemoryPointers& arrays, int blocks);

/// A namespace-scope object of this type enrols `<workload>.f32.vectorized`; a .cu names nothing
/// else of the catalogue, since nvcc reads every header once for each architecture.
struct VectorizedEnrolment {
  VectorizedEnrolment(MemoryOperation operation, PrepareVectorized prepare, const char* summary);
};

}  // namespace assay
