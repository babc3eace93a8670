// Means over the devices and documents of a side.
#include "harness/compare/case_summary.h"

#include <algorithm>
#include <cmath>

namespace assay::compare {

namespace {

/// Nothing when a series has fewer than two passes or no samples.
std::optional<LogMean> mean_of(const Groups& groups) {
  std::vector<LogMean> means;
  for (const auto& group : groups) {
    std::vector<const Samples*> series;
    for (const Found* found : group) {
      if (!found->measurement->samples) return std::nullopt;
      series.push_back(&*found->measurement->samples);
    }
    const auto mean = log_mean_of(series);
    if (!mean) return std::nullopt;
    means.push_back(*mean);
  }
  return averaged(means);
}

/// The geometric mean of one figure of every measurement; nothing where one lacks it.
template <class Figure>
std::optional<double> geometric_mean(const Groups& groups, const Figure& figure) {
  double sum = 0;
  int count = 0;
  for (const auto& group : groups) {
    for (const Found* found : group) {
      const std::optional<double> value = figure(*found->measurement);
      if (!value || !(*value > 0)) return std::nullopt;
      sum += std::log(*value);
      ++count;
    }
  }
  return std::exp(sum / count);
}

int passes_of(const Groups& groups) {
  std::size_t passes = 0;
  for (const auto& group : groups) {
    for (const Found* found : group) {
      if (!found->measurement->samples) continue;
      passes += std::max<std::size_t>(1, found->measurement->samples->pass_medians_s.size());
    }
  }
  return static_cast<int>(passes);
}

std::set<std::string> profiles_of(const Groups& groups) {
  std::set<std::string> profiles;
  for (const auto& group : groups)
    for (const Found* found : group) profiles.insert(found->result->run.profile_name);
  return profiles;
}

}  // namespace

std::optional<double> metric_of(const Measurement& one, const char* key) {
  const auto found = one.metrics.find(key);
  return found == one.metrics.end() ? std::nullopt : std::optional(found->second);
}

std::optional<double> time_of(const Measurement& one) {
  return one.samples ? std::optional(one.samples->median_s) : metric_of(one, "time_s");
}

CaseSummary summarised(const Groups& side) {
  return {hindrances_of(side),
          geometric_mean(side, time_of),
          geometric_mean(side, [](const Measurement& of) { return metric_of(of, "bytes_per_s"); }),
          passes_of(side),
          profiles_of(side),
          mean_of(side)};
}

}  // namespace assay::compare
