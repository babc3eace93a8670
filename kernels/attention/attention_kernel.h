// How an attention kernel of ours enrols itself: light, since nvcc reads it once for each
// architecture.
#pragma once

#include <optional>
#include <string>

#include "kernels/attention/problem.h"
#include "kernels/launch/capability.h"
#include "kernels/launch/prepared_launch.h"

namespace assay::attention {

using Plan = KernelPlan<Pointers>;

/// A kernel of the catalogue: `<workload>.<dtype>.<name>`.
struct Kernel {
  Workload workload;
  const char* dtype;
  const char* name;
  const char* summary;
  Types types;
  Plan (*plan)(const Problem& problem, int multiprocessors);
  Capability capability = {};
  /// Why it does not take a problem that makes sense, or nothing.
  std::optional<std::string> (*refuses)(const Problem& problem) = nullptr;
};

/// A namespace-scope object of this type enrols the kernel.
struct KernelEnrolment {
  explicit KernelEnrolment(const Kernel& kernel);
};

}  // namespace assay::attention
