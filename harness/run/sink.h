// The one way out of a run that goes on: what is under way, and what has been measured.
#pragma once

#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay::run {

/// The group that is measured next.
struct Step {
  std::size_t done = 0, total = 0;  // groups
  std::string name;
  double worst_s = 0;  // what this group and those after it take at most
};

/// What a group was measured on.
enum class Part { devices, between_ranks };

class Sink {
 public:
  virtual ~Sink() = default;
  /// Before every group: whoever hears nothing for longer than a group takes knows that it hangs.
  virtual void under_way(const Step& step) = 0;
  /// After every group, on the process that keeps its measurements.
  virtual void measured(Part part, const std::vector<Measurement>& measurements) = 0;
};

}  // namespace assay::run
