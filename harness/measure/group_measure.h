// One group from its description to its measurements: prepare, verify, sample, summarise, free, and
// that again for each of its passes.
#pragma once

#include <memory>
#include <vector>

#include "harness/measure/group_run.h"

namespace assay {

class OneGroup;

class GroupMeasurement {
 public:
  /// Both outlive it.
  GroupMeasurement(const Group& group, const GroupRunOptions& options);
  ~GroupMeasurement();

  /// One pass. Returns one measurement per member, in order (of groups that are measured together,
  /// group by group), of all passes so far; until the last pass they are `interrupted`. A member
  /// whose series was interrupted before it had the samples that a pass requires is left out.
  std::vector<Measurement> visit();

 private:
  const SamplingRule sampling_;
  GroupRunOptions at_once_;  // of groups that are measured together
  std::vector<std::unique_ptr<OneGroup>> groups_;
};

}  // namespace assay
