// Which product of a batch a block of the portable kernels works on.
#pragma once

#include "device/launch.cuh"
#include "kernels/gemm/sm80/problem.h"

namespace assay::sm80 {

/// The batch that this block works on.
__device__ __forceinline__ Arguments batch_of(Arguments arguments, int element_bytes,
                                              int output_bytes) {
  const auto batch = static_cast<std::int64_t>(device::block_index().y);
  const std::int64_t m = arguments.m, n = arguments.n, k = arguments.k;
  arguments.a = static_cast<const unsigned char*>(arguments.a) + batch * m * k * element_bytes;
  arguments.b = static_cast<const unsigned char*>(arguments.b) + batch * k * n * element_bytes;
  arguments.c = static_cast<unsigned char*>(arguments.c) + batch * m * n * output_bytes;
  return arguments;
}

}  // namespace assay::sm80
