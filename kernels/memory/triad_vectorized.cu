// memory_triad.f32.vectorized: a[i] = b[i] + 2 c[i].
#include "kernels/memory/vectorized.cuh"

namespace assay {
namespace {

__global__ void __launch_bounds__(kVectorThreads)
    triad_kernel(float4* __restrict__ a, const float4* __restrict__ b, const float4* __restrict__ c,
                 std::int64_t vectors) {
  const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
#pragma unroll 4
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < vectors; i += stride) {
    const float4 from = b[i], scaled = c[i];
    a[i] = make_float4(from.x + kTriadFactor * scaled.x, from.y + kTriadFactor * scaled.y,
                       from.z + kTriadFactor * scaled.z, from.w + kTriadFactor * scaled.w);
  }
}

PreparedLaunch prepare(const MemoryPointers& arrays, int blocks) {
  return prepare_launch(vector_config(blocks), triad_kernel, static_cast<float4*>(arrays.out),
                        reinterpret_cast<const float4*>(arrays.b),
                        reinterpret_cast<const float4*>(arrays.c), arrays.count / 4);
}

const VectorizedEnrolment triad_vectorized_enrolment(MemoryOperation::triad, prepare,
                                                     "a = b + 2 c over three arrays");

}  // namespace
}  // namespace assay
