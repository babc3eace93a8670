// How a GEMM kernel of ours enrols itself: light, since nvcc reads it once for each architecture.
#pragma once

#include <cuda_runtime_api.h>

#include <optional>
#include <string>

#include "kernels/gemm/problem.h"
#include "kernels/gemm/sdc/difference.h"

namespace assay {

/// One multiplication C = alpha A B + beta C to enqueue.
struct GemmCall {
  GemmPointers matrices;
  GemmShape shape;
  int multiprocessors = 1;
  float alpha = 1, beta = 0;
  /// On the device, of a shape with groups: where the rows of each begin, and the end.
  const std::int32_t* group_begins = nullptr;
  /// On the device, where the kernel asked for them: as BlockScales has them.
  const float* scales_a = nullptr;
  const float* scales_b = nullptr;
  void* workspace = nullptr;  ///< Zero before the first call; a kernel may rely on what it left.
  cudaStream_t stream = nullptr;
};

/// A kernel of the catalogue: `gemm.<dtype>.<name>`.
struct GpuGemmKernel {
  const char* dtype;
  const char* name;
  const char* summary;
  GemmTypes types;
  void (*launch)(const GemmCall& call);
  /// The major compute capability that it needs, and whether it runs on no other.
  int capability = 0;
  bool only_there = false;
  std::optional<std::string> (*refuses)(const GemmShape& shape) = nullptr;
  std::size_t (*workspace_bytes)(const GemmShape& shape, int multiprocessors) = nullptr;
  /// What a result records of how the kernel takes this shape.
  std::string (*describe)(const GemmShape& shape, int multiprocessors) = nullptr;
  bool block_scaled = false;  ///< Its calls have scales.
  float alpha = 1, beta = 0;  ///< Of its calls.
  bool batched = false;       ///< Takes shapes with b.
  bool grouped = false;       ///< Takes shapes with g, and no others.
  /// Given: the case looks for silent data corruption, and `tile` is what a wrong word is named by.
  void (*compare)(const CompareCall& call) = nullptr;
  OutputTile tile = {};
};

/// A kernel under another name, of C = kAlpha A B + kBeta C.
inline GpuGemmKernel with_alpha_beta(GpuGemmKernel kernel, const char* name) {
  kernel.name = name;
  kernel.alpha = kAlpha;
  kernel.beta = kBeta;
  return kernel;
}

/// A kernel under another name, of operands that lie by columns.
inline GpuGemmKernel by_columns(GpuGemmKernel kernel, const char* name, bool a, bool b) {
  kernel.name = name;
  kernel.types.a_by_columns = a;
  kernel.types.b_by_columns = b;
  return kernel;
}

/// A namespace-scope object of this type enrols the kernel.
struct GpuGemmEnrolment {
  explicit GpuGemmEnrolment(const GpuGemmKernel& kernel);
};

}  // namespace assay
