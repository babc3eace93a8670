// cuDNN as the GPU's library peer of attention, opened at run time and named when absent. Light: no
// header of NVIDIA's.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "harness/measure/device.h"
#include "kernels/attention/problem.h"

namespace assay::attention::cudnn {

/// Whether this executable was built without cudnn-frontend's headers.
bool is_left_out();

/// Why cuDNN cannot be used here (left out of this build, absent), or an empty text.
std::string why_none();

/// What cuDNN is asked to compute: one forward or backward pass, full or causal, in bf16 or f16.
struct Pass {
  Workload workload = Workload::forward;
  Dtype element = Dtype::bf16;  ///< Of all arrays but the log-sum-exp.
  Problem problem;
  int capability_major = 9;  ///< Of the device.
};

/// Why cuDNN takes no such pass, in its words, or nothing. Needs cuDNN and no GPU: whether the GPU
/// has a kernel for the pass is known when plans are made.
std::optional<std::string> refusal(const Pass& pass);

/// The plans that cuDNN's heuristics offer for a pass, most promising first, built on one device.
class Plans {
 public:
  virtual ~Plans() = default;

  virtual std::size_t count() const = 0;
  /// cuDNN's name of a plan: its engine and the engine's settings.
  virtual std::string name(std::size_t plan) const = 0;
  /// The largest of all plans.
  virtual std::size_t workspace_bytes() const = 0;
  /// Enqueues the pass on the device's stream. Throws Error with cuDNN's words.
  virtual void run(std::size_t plan, const Pointers& arrays, void* workspace) const = 0;
  /// Of cuDNN, as it numbers itself: 91900.
  virtual std::size_t library_version() const = 0;
};

/// Throws Refused with cuDNN's words where no plan for the pass runs on the device with at most so
/// much workspace, and Error (exit 3) where cuDNN is missing.
std::unique_ptr<const Plans> make_plans(const Pass& pass, Device& device,
                                        std::size_t most_workspace_bytes);

}  // namespace assay::attention::cudnn
