// One side of a case, reduced to what a comparison with any other needs of it.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "harness/compare/log_mean.h"
#include "harness/compare/obstacles.h"

namespace assay::compare {

struct CaseSummary {
  Hindrances hindrances;
  std::optional<double> time_s;       ///< Of one execution: the geometric mean of all devices.
  std::optional<double> bytes_per_s;  ///< The same of the rate, where that is all that is known.
  int passes = 0;
  std::set<std::string> profiles;  ///< Of its runs.
  std::optional<LogMean> mean;     ///< Absent where a series has fewer than two passes.
};

/// Of a case that the side has.
CaseSummary summarised(const Groups& side);

/// A measurement's time of one execution.
std::optional<double> time_of(const Measurement& one);
std::optional<double> metric_of(const Measurement& one, const char* key);

}  // namespace assay::compare
