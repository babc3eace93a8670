// memory_copy.f32.vectorized: a[i] = b[i] by the multiprocessors, not by a copy engine.
#include "kernels/memory/vectorized.cuh"

namespace assay {
namespace {

__global__ void __launch_bounds__(kVectorThreads)
    copy_kernel(uint4* __restrict__ a, const uint4* __restrict__ b, std::int64_t vectors) {
  const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
#pragma unroll 4
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < vectors; i += stride) {
    a[i] = b[i];
  }
}

PreparedLaunch prepare(const MemoryPointers& arrays, int blocks) {
  return prepare_launch(vector_config(blocks), copy_kernel, static_cast<uint4*>(arrays.out),
                        reinterpret_cast<const uint4*>(arrays.b), arrays.count / 4);
}

const VectorizedEnrolment copy_vectorized_enrolment(MemoryOperation::copy, prepare,
                                                    "copies one array to another");

}  // namespace
}  // namespace assay
