// A launch with all choices made, and the plan that it is made from. Light: for .cu too.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace assay {

/// One launch of a kernel, with its grid, its tensor maps and all of its arguments. It is made
/// once, in a case's prepare(); launching it chooses, encodes and allocates nothing.
class PreparedLaunch {
 public:
  /// `queue` queues the kernel on a cudaStream_t and returns.
  explicit PreparedLaunch(std::function<void(void* stream)> queue) : queue_(std::move(queue)) {}

  void launch(void* stream) const { queue_(stream); }

 private:
  std::function<void(void* stream)> queue_;
};

/// Device memory that a kernel uses besides its operands.
struct Workspace {
  void* scratch = nullptr;   ///< Holds anything before a launch.
  void* counters = nullptr;  ///< Zero before the first launch; every launch leaves them zero.
};

/// A kernel's plan for one problem, for operands at any address.
template <class Operands>
struct KernelPlan {
  std::string description;  ///< Recorded in the result; empty: there was no choice.
  std::size_t scratch_bytes = 0;
  std::size_t counter_bytes = 0;
  /// The launch on these operands.
  std::function<PreparedLaunch(const Operands& operands, const Workspace& workspace)> bind;
};

}  // namespace assay
