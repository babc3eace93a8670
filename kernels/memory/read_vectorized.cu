// memory_read.f32.vectorized: every block leaves the sum of the words it read; no atomics.
#include "kernels/memory/vectorized.cuh"

namespace assay {
namespace {

__global__ void __launch_bounds__(kVectorThreads)
    read_kernel(std::uint32_t* partials, const uint4* b, std::int64_t vectors) {
  const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  std::uint32_t sum = 0;
#pragma unroll 4
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < vectors; i += stride) {
    const uint4 word = b[i];
    sum += word.x + word.y + word.z + word.w;
  }
  constexpr unsigned kAllLanes = 0xFFFFFFFF;
  for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(kAllLanes, sum, offset);
  __shared__ std::uint32_t warp_sums[kVectorThreads / 32];
  if (threadIdx.x % 32 == 0) warp_sums[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    std::uint32_t total = 0;
    for (const std::uint32_t warp_sum : warp_sums) total += warp_sum;
    partials[blockIdx.x] = total;
  }
}

PreparedLaunch prepare(const MemoryPointers& arrays, int blocks) {
  return prepare_launch(vector_config(blocks), read_kernel, static_cast<std::uint32_t*>(arrays.out),
                        reinterpret_cast<const uint4*>(arrays.b), arrays.count / 4);
}

const VectorizedEnrolment read_vectorized_enrolment(MemoryOperation::read, prepare,
                                                    "adds up the words of one array");

}  // namespace
}  // namespace assay
