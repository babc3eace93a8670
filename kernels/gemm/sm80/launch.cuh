// How a product is launched on the portable kernels.
#pragma once

#include "kernels/gemm/gemm_kernel.h"
#include "kernels/gemm/sm80/kernel.cuh"
#include "kernels/launch/prepare.cuh"

namespace assay::sm80 {

/// How a kernel runs whose blocks of so many threads compute a tile each.
inline GemmPlan kernel_plan(void (*kernel)(Arguments), int threads, std::size_t shared_bytes,
                            const GemmProblem& problem) {
  Arguments arguments = arguments_of(problem.shape);
  arguments.alpha = problem.alpha;
  arguments.beta = problem.beta;
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(arguments.rows * arguments.columns);
  config.grid.y = static_cast<unsigned>(problem.shape.batches);
  config.block.x = static_cast<unsigned>(threads);
  config.shared_bytes = shared_bytes;
  GemmPlan plan;
  plan.bind = [=](const GemmPointers& matrices, const Workspace&) {
    Arguments bound = arguments;
    bound.a = matrices.a;
    bound.b = matrices.b;
    bound.c = matrices.c;
    return prepare_launch(config, kernel, bound);
  };
  return plan;
}

template <class O>
GemmPlans plans(const GemmProblem& problem) {
  return {kernel_plan(gemm<O>, kThreads, sizeof(Shared), problem)};
}

template <class O>
std::optional<std::string> refuses(const GemmShape& shape) {
  return refusal(shape, sizeof(typename O::Element), O::kMajorB, O::kMajorA);
}

/// The catalogue's entry of one dtype.
template <class O>
GemmKernel entry(const char* dtype) {
  return {.dtype = dtype,
          .name = "sm80",
          .summary = "mma.sync fed by cp.async, one 128x128 tile a block",
          .types = tensor_core_types(dtype),
          .plans = plans<O>,
          .capability = {8},
          .refuses = refuses<O>,
          .takes = GemmParts::batches};
}

}  // namespace assay::sm80
