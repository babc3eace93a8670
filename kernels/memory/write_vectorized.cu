// memory_write.f32.vectorized: every element another mantissa, since constants flatter the memory.
#include "kernels/memory/vectorized.cuh"

namespace assay {
namespace {

__global__ void __launch_bounds__(kVectorThreads) write_kernel(uint4* a, std::int64_t vectors) {
  const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
#pragma unroll 4
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < vectors; i += stride) {
    const auto index = static_cast<std::uint32_t>(4 * i);
    a[i] = make_uint4(written_bits(index), written_bits(index + 1), written_bits(index + 2),
                      written_bits(index + 3));
  }
}

PreparedLaunch prepare(const MemoryPointers& arrays, int blocks) {
  return prepare_launch(vector_config(blocks), write_kernel, static_cast<uint4*>(arrays.out),
                        arrays.count / 4);
}

const VectorizedEnrolment write_vectorized_enrolment(MemoryOperation::write, prepare,
                                                     "fills one array");

}  // namespace
}  // namespace assay
