// The mean of the logarithms of a series' times, and how far it would move in another run.
#pragma once

#include <optional>
#include <vector>

#include "harness/core/result.h"

namespace assay::compare {

/// An estimate with its variance; `freedom` are the degrees of freedom of that variance.
struct LogMean {
  double mean = 0;  // of log(seconds)
  double variance = 0;
  double freedom = 0;
  int passes = 0;
};

/// Of one device's (or one scope's) series in several documents of a side. The passes of all of
/// them are the blocks. Where there are fewer than 8, each is also split into equal parts of time,
/// and the larger of the two variances counts: what differs between passes, and what differs within
/// them. Nothing for fewer than two passes, whose difference nothing shows.
std::optional<LogMean> log_mean_of(const std::vector<const Samples*>& series);

/// Of several independent ones, e.g. of the devices of a node: their mean.
LogMean averaged(const std::vector<LogMean>& means);

/// Of the two-sided interval of `mean` at `level`, in logarithms.
double half_width(const LogMean& mean, double level);

struct RatioInterval {
  double ratio = 1, low = 1, high = 1;
};

/// exp(b - a) with its two-sided interval at `level`, by Welch's t: percentiles of a bootstrap of
/// so few blocks cover too little.
RatioInterval ratio_interval(const LogMean& a, const LogMean& b, double level);

}  // namespace assay::compare
