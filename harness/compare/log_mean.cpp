// Blocks of a series, Satterthwaite's degrees of freedom and Welch's interval.
#include "harness/compare/log_mean.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "harness/core/error.h"
#include "harness/core/statistics.h"

namespace assay::compare {

namespace {

constexpr std::size_t kBlocks = 8;
constexpr double kWidestLevel = 0.99;  // at which two intervals are compared

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Of the mean of `values`.
double variance_of_mean(const std::vector<double>& values) {
  const double mean = mean_of(values);
  const auto count = static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / (count - 1) / count;
}

double log_median(std::span<const double> values) { return std::log(median(values)); }

/// The logarithms of the medians of the passes.
std::vector<double> passes_of(const Samples& samples) {
  std::vector<double> logs;
  for (const double median_s : samples.pass_medians_s) logs.push_back(std::log(median_s));
  if (logs.empty()) logs.push_back(std::log(samples.median_s));
  return logs;
}

/// The values of each pass, in the order of time.
std::vector<std::vector<double>> values_by_pass(const Samples& samples) {
  std::vector<std::vector<double>> passes;
  for (std::size_t i = 0; i < samples.values_s.size(); ++i) {
    const int pass = samples.pass.empty() ? 0 : samples.pass[i];
    const bool begins = i == 0 || (!samples.pass.empty() && pass != samples.pass[i - 1]);
    if (begins) passes.emplace_back();
    passes.back().push_back(samples.values_s[i]);
  }
  return passes;
}

/// Every pass in `parts` pieces of time; empty where a pass has too few values for that.
std::vector<double> blocks_of(const std::vector<const Samples*>& series, std::size_t parts) {
  std::vector<double> blocks;
  for (const Samples* samples : series) {
    for (const std::vector<double>& values : values_by_pass(*samples)) {
      if (values.size() < parts) return {};
      for (std::size_t part = 0; part < parts; ++part) {
        const std::size_t begin = values.size() * part / parts;
        const std::size_t end = values.size() * (part + 1) / parts;
        blocks.push_back(log_median(std::span(values).subspan(begin, end - begin)));
      }
    }
  }
  return blocks;
}

}  // namespace

double half_width(const LogMean& mean, double level) {
  const boost::math::students_t distribution(mean.freedom);
  return std::sqrt(mean.variance) * boost::math::quantile(distribution, 0.5 + level / 2);
}

std::optional<LogMean> log_mean_of(const std::vector<const Samples*>& series) {
  std::vector<double> passes;
  for (const Samples* samples : series) {
    for (const double value : passes_of(*samples)) passes.push_back(value);
  }
  if (passes.size() < 2) return std::nullopt;
  LogMean result{mean_of(passes), variance_of_mean(passes), static_cast<double>(passes.size() - 1),
                 static_cast<int>(passes.size())};
  if (passes.size() >= kBlocks) return result;
  const std::size_t parts = (kBlocks + passes.size() - 1) / passes.size();
  const std::vector<double> blocks = blocks_of(series, parts);
  if (blocks.size() < 2) return result;
  LogMean finer = result;
  finer.variance = variance_of_mean(blocks);
  finer.freedom = static_cast<double>(blocks.size() - 1);
  return half_width(finer, kWidestLevel) > half_width(result, kWidestLevel) ? finer : result;
}

LogMean averaged(const std::vector<LogMean>& means) {
  if (means.empty()) throw Error("a mean of no series");
  LogMean result;
  const auto count = static_cast<double>(means.size());
  double weights = 0;  // of Satterthwaite
  for (const LogMean& one : means) {
    const double variance = one.variance / count / count;
    result.mean += one.mean / count;
    result.variance += variance;
    result.passes += one.passes;
    if (variance > 0) weights += variance * variance / one.freedom;
  }
  result.freedom =
      weights > 0
          ? result.variance * result.variance / weights
          : std::max_element(means.begin(), means.end(), [](const LogMean& a, const LogMean& b) {
              return a.freedom < b.freedom;
            })->freedom;
  return result;
}

RatioInterval ratio_interval(const LogMean& a, const LogMean& b, double level) {
  const double difference = b.mean - a.mean;
  const double variance = a.variance + b.variance;
  double half = 0;
  if (variance > 0) {
    const double weights =
        a.variance * a.variance / a.freedom + b.variance * b.variance / b.freedom;
    const boost::math::students_t distribution(variance * variance / weights);
    half = boost::math::quantile(distribution, 0.5 + level / 2) * std::sqrt(variance);
  }
  return {std::exp(difference), std::exp(difference - half), std::exp(difference + half)};
}

}  // namespace assay::compare
