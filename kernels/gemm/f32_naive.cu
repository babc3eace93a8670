// gemm.f32.naive: one thread an element of C, straight from global memory; what others start from.
#include <algorithm>

#include "kernels/gemm/gemm_kernel.h"
#include "kernels/launch/prepare.cuh"

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

GemmPlans plans(const GemmProblem& problem) {
  constexpr std::int64_t kMostRowBlocks = 65535;  // gridDim.y; a taller C is walked in strides
  const GemmShape shape = problem.shape;
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>((shape.n + kBlockColumns - 1) / kBlockColumns);
  config.grid.y =
      static_cast<unsigned>(std::min((shape.m + kBlockRows - 1) / kBlockRows, kMostRowBlocks));
  config.block = {kBlockColumns, kBlockRows, 1};
  GemmPlan plan;
  plan.bind = [=](const GemmPointers& p, const Workspace&) {
    return prepare_launch(config, naive_kernel, static_cast<const float*>(p.a),
                          static_cast<const float*>(p.b), static_cast<float*>(p.c), shape.m,
                          shape.n, shape.k);
  };
  return {plan};
}

const GemmKernelEnrolment f32_naive_enrolment(
    {.dtype = "f32",
     .name = "naive",
     .summary = "one thread an element, from global memory",
     .types = {},
     .plans = plans});

}  // namespace
}  // namespace assay
