// How a GEMM kernel of ours enrols itself: light, since nvcc reads it once for each architecture.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernels/gemm/problem.h"
#include "kernels/launch/capability.h"
#include "kernels/launch/prepared_launch.h"

namespace assay {

/// C = alpha A B + beta C, wherever the matrices will lie.
struct GemmProblem {
  GemmShape shape;
  int multiprocessors = 1;
  float alpha = 1, beta = 0;
  /// On the device, of a shape with groups: where the rows of each begin, and the end.
  const std::int32_t* group_begins = nullptr;
  /// On the device, where the kernel asked for them: as BlockScales has them.
  const float* scales_a = nullptr;
  const float* scales_b = nullptr;
};

using GemmPlan = KernelPlan<GemmPointers>;
/// What a kernel offers for a problem, the cheapest by its model first; one where it has no choice.
using GemmPlans = std::vector<GemmPlan>;

/// Which shapes a kernel takes.
enum class GemmParts { one_product, batches, groups };

/// A kernel of the catalogue: `gemm.<dtype>.<name>`, and the product that it is measured on.
struct GemmKernel {
  const char* dtype;
  const char* name;
  const char* summary;
  GemmTypes types;
  GemmPlans (*plans)(const GemmProblem& problem);
  Capability capability = {};
  std::optional<std::string> (*refuses)(const GemmShape& shape) = nullptr;
  GemmParts takes = GemmParts::one_product;
  float alpha = 1, beta = 0;
  bool block_scaled = false;
};

/// A kernel under another name, of C = kAlpha A B + kBeta C.
inline GemmKernel with_alpha_beta(GemmKernel kernel, const char* name) {
  kernel.name = name;
  kernel.alpha = kAlpha;
  kernel.beta = kBeta;
  return kernel;
}

/// A kernel under another name, of operands that lie by columns.
inline GemmKernel by_columns(GemmKernel kernel, const char* name, bool a, bool b) {
  kernel.name = name;
  kernel.types.a_by_columns = a;
  kernel.types.b_by_columns = b;
  return kernel;
}

/// A namespace-scope object of this type enrols the kernel.
struct GemmKernelEnrolment {
  explicit GemmKernelEnrolment(const GemmKernel& kernel);
};

}  // namespace assay
