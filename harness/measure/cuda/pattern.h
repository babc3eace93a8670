// Fills and compares GPU memory with a repeating pattern, in place.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace assay {

/// A pattern's period in the GPU's memory.
struct PatternOnGpu {
  const void* period = nullptr;
  std::uint64_t elements = 1;
  std::size_t width = 1;  // bytes of an element: 1, 2 or 4
};

/// Enqueues the writing of `count` elements of the pattern.
void launch_fill(void* out, std::uint64_t count, const PatternOnGpu& pattern, unsigned blocks,
                 cudaStream_t stream);

/// Enqueues the search for the first of `count` elements that differs from the pattern. `*first`,
/// in GPU memory, becomes its index if that is lower than the value there.
void launch_first_mismatch(const void* in, std::uint64_t count, const PatternOnGpu& pattern,
                           unsigned long long* first, unsigned blocks, cudaStream_t stream);

}  // namespace assay
