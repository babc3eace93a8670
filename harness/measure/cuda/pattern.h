// Memory that repeats, filled and compared where it lies.
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

/// Enqueues the search for the first of `count` elements that is not the pattern's: `*first`, on
/// the GPU, becomes its index where that is lower than what stood there.
void launch_first_mismatch(const void* in, std::uint64_t count, const PatternOnGpu& pattern,
                           unsigned long long* first, unsigned blocks, cudaStream_t stream);

}  // namespace assay
