// gemm.f32.naive: one thread an element of C, straight from global memory; what others start from.
#include <algorithm>

#include "kernels/gemm/gpu_gemm.h"

namespace assay {
namespace {

constexpr int kBlockColumns = 32;  // a warp reads 32 neighbours of B and writes 32 of C
constexpr int kBlockRows = 8;

__global__ void __launch_bounds__(kBlockColumns* kBlockRows)
    naive_kernel(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c,
                 std::int64_t m, std::int64_t n, std::int64_t k) {
  const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * kBlockColumns + threadIdx.x;
  if (column >= n) return;
  for (std::int64_t row = static_cast<std::int64_t>(blockIdx.y) * kBlockRows + threadIdx.y; row < m;
       row += static_cast<std::int64_t>(gridDim.y) * kBlockRows) {
    float sum = 0;
    for (std::int64_t i = 0; i < k; ++i) sum = fmaf(a[row * k + i], b[i * n + column], sum);
    c[row * n + column] = sum;
  }
}

void launch(const GemmCall& call) {
  const GemmPointers& p = call.matrices;
  const GemmShape& shape = call.shape;
  constexpr std::int64_t kMostRowBlocks = 65535;  // gridDim.y; a taller C is walked in strides
  const dim3 block(kBlockColumns, kBlockRows);
  const dim3 grid(
      static_cast<unsigned>((shape.n + kBlockColumns - 1) / kBlockColumns),
      static_cast<unsigned>(std::min((shape.m + kBlockRows - 1) / kBlockRows, kMostRowBlocks)));
  naive_kernel<<<grid, block, 0, call.stream>>>(
      static_cast<const float*>(p.a), static_cast<const float*>(p.b), static_cast<float*>(p.c),
      shape.m, shape.n, shape.k);
}

const GpuGemmEnrolment f32_naive_enrolment({.dtype = "f32",
                                            .name = "naive",
                                            .summary = "one thread an element, from global memory",
                                            .types = {},
                                            .launch = launch});

}  // namespace
}  // namespace assay
