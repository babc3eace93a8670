// How a running measurement reports what it is doing and what it has measured.
#pragma once

#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay::run {

/// The visit of a group that comes next.
struct Step {
  std::size_t done = 0, total = 0;  // visits
  std::string name;                 // empty: all are done
  double worst_s = 0;               // what this group and those after it take at most
  double silence_s = 0;  // what one step of a planned case takes at most: longer is a hang
  std::vector<Measurement> planned;  // what the group's cases are before they are measured, or none
};

/// What a group was measured on.
enum class Part { devices, between_ranks };

class Sink {
 public:
  virtual ~Sink() = default;
  /// Before every group.
  virtual void under_way(const Step& step) = 0;
  /// Before every step of a case, by its number in `planned`. A case hangs when this is not called
  /// for `silence_s`. Called often, from the thread that measures: must be cheap.
  virtual void at_case(std::size_t number) noexcept = 0;
  /// After a member's pass while others of its group go on: that case is no longer the one under
  /// way.
  virtual void member_ended(const Measurement& measurement) = 0;
  /// After every visit of a group, on the process that keeps its measurements; they take the place
  /// of those of the visit before.
  virtual void measured(Part part, const std::vector<Measurement>& measurements) = 0;
};

}  // namespace assay::run
