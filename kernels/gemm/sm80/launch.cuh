// From a catalogue case to a launch of the portable kernel.
#pragma once

#include "kernels/gemm/gpu_gemm.h"
#include "kernels/gemm/sm80/kernel.cuh"

namespace assay::sm80 {

template <class O>
void launch(const GemmCall& call) {
  Arguments arguments = arguments_of(call.shape, call.matrices);
  arguments.alpha = call.alpha;
  arguments.beta = call.beta;
  device::LaunchConfig config;
  config.grid.x = static_cast<unsigned>(arguments.rows * arguments.columns);
  config.grid.y = static_cast<unsigned>(call.shape.batches);
  config.block.x = kThreads;
  config.shared_bytes = sizeof(Shared);
  config.stream = call.stream;
  device::launch(config, gemm<O>, arguments);
}

template <class O>
std::optional<std::string> refuses(const GemmShape& shape) {
  return refusal(shape, sizeof(typename O::Element), O::kMajorB, O::kMajorA);
}

/// The catalogue's entry of one dtype.
template <class O>
GpuGemmKernel entry(const char* dtype) {
  return {.dtype = dtype,
          .name = "sm80",
          .summary = "mma.sync fed by cp.async, one 128x128 tile a block",
          .types = tensor_core_types(dtype),
          .launch = launch<O>,
          .capability = 8,
          .refuses = refuses<O>,
          .batched = true};
}

}  // namespace assay::sm80
