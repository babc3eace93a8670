// Order statistics that summarise a series, and the confidence interval of its median.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace assay {

struct Interval {
  double low = 0;
  double high = 0;
  double level = 0;  // the coverage reached: at least the requested one if n allows it
};

/// All take samples in any order; an empty span is a caller's bug and throws Error.
double median(std::span<const double> samples);
/// Linear interpolation between order statistics (Hyndman-Fan type 7); p in [0, 1].
double quantile(std::span<const double> samples, double p);
/// Sample standard deviation over the mean; 0 for fewer than two samples and where all are equal.
double relative_stdev(std::span<const double> samples);

/// The distribution-free interval of the median from order statistics (binomial), at `level` or
/// the widest that n samples allow.
Interval median_interval(std::span<const double> samples, double level = 0.95);
/// The level of that interval, which the number of samples alone gives.
double median_interval_level(std::size_t samples, double level = 0.95);

/// A percentile that too few samples cannot support is absent: p95 needs 100 samples, p99 500.
std::optional<double> p95(std::span<const double> samples);
std::optional<double> p99(std::span<const double> samples);

/// At most `limit` values, thinned evenly in time, first and last kept.
std::vector<double> thin(std::span<const double> samples, std::size_t limit);

}  // namespace assay
