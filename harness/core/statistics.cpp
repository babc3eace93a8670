// Order statistics of samples.
#include "harness/core/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "harness/core/error.h"

namespace assay {

namespace {

constexpr std::size_t kSamplesForP95 = 100;
constexpr std::size_t kSamplesForP99 = 500;

void require_samples(std::span<const double> samples, const char* what) {
  if (samples.empty()) throw Error(fmt::format("{} of no samples: the series is empty", what));
}

std::vector<double> sorted(std::span<const double> samples) {
  std::vector<double> copy(samples.begin(), samples.end());
  if (!std::is_sorted(copy.begin(), copy.end())) std::sort(copy.begin(), copy.end());
  return copy;
}

double between(double low, double high, double share) { return low + share * (high - low); }

/// std::lgamma also writes the sign to a global of the whole process.
double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

/// P(B = n/2 rounded down) for B of n fair coins, from which the others follow.
double middle_probability(std::size_t n) {
  const double total = static_cast<double>(n);
  const double half = static_cast<double>(n / 2);
  return std::exp(log_gamma(total + 1) - log_gamma(half + 1) - log_gamma(total - half + 1) -
                  total * std::log(2.0));
}

/// The order statistics `rank` and `n + 1 - rank`, from 1, and how likely the true median is
/// between.
struct Middle {
  std::size_t rank = 1;
  double coverage = 0;
};

Middle middle_of(std::size_t n, double level) {
  // Of n samples, B lie below the true median, B ~ Binomial(n, 1/2). It is between the order
  // statistics r and n+1-r (from 1) exactly when r <= B <= n-r. Widen from the middle.
  // The middle one or two samples come first.
  std::size_t rank = (n + 1) / 2;
  double probability = middle_probability(n);
  double coverage = n % 2 == 0 ? probability : 0;
  while (coverage < level && rank > 1) {
    --rank;
    if (n % 2 == 0 || coverage > 0) {
      probability *= static_cast<double>(rank + 1) / static_cast<double>(n - rank);
    }
    coverage += 2 * probability;  // B = rank and, by symmetry, B = n-rank
  }
  return {rank, std::min(coverage, 1.0)};
}

/// The series of a fleet are of a few lengths.
Middle known_middle(std::size_t n, double level) {
  struct Asked {
    std::size_t n = 0;
    double level = 0;
    Middle middle;
  };
  thread_local std::array<Asked, 64> asked;
  Asked& one = asked[n % asked.size()];
  if (one.n != n || one.level != level) one = {n, level, middle_of(n, level)};
  return one.middle;
}

}  // namespace

double median(std::span<const double> samples) { return quantile(samples, 0.5); }

double quantile(std::span<const double> samples, double p) {
  require_samples(samples, "a quantile");
  if (!(p >= 0 && p <= 1)) throw Error(fmt::format("quantile {} is outside [0, 1]", p));
  const double position = p * static_cast<double>(samples.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const double share = position - static_cast<double>(below);
  const bool is_last = below + 1 == samples.size();
  if (std::is_sorted(samples.begin(), samples.end()))  // by a caller who asks for several
    return is_last ? samples[below] : between(samples[below], samples[below + 1], share);
  std::vector<double> values(samples.begin(), samples.end());
  const auto at_below = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), at_below, values.end());
  if (is_last) return *at_below;
  return between(*at_below, *std::min_element(at_below + 1, values.end()), share);
}

double relative_stdev(std::span<const double> samples) {
  require_samples(samples, "a relative standard deviation");
  if (samples.size() < 2) return 0;
  const double average =
      std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
  double squares = 0;
  for (const double sample : samples) squares += (sample - average) * (sample - average);
  if (squares == 0) return 0;
  return std::sqrt(squares / static_cast<double>(samples.size() - 1)) / std::abs(average);
}

Interval median_interval(std::span<const double> samples, double level) {
  require_samples(samples, "a median's interval");
  const std::vector<double> values = sorted(samples);
  const std::size_t n = values.size();
  const Middle middle = known_middle(n, level);
  return {values[middle.rank - 1], values[n - middle.rank], middle.coverage};
}

double median_interval_level(std::size_t samples, double level) {
  return known_middle(samples, level).coverage;
}

std::optional<double> p95(std::span<const double> samples) {
  if (samples.size() < kSamplesForP95) return std::nullopt;
  return quantile(samples, 0.95);
}

std::optional<double> p99(std::span<const double> samples) {
  if (samples.size() < kSamplesForP99) return std::nullopt;
  return quantile(samples, 0.99);
}

std::vector<double> thin(std::span<const double> samples, std::size_t limit) {
  if (samples.size() <= limit) return {samples.begin(), samples.end()};
  std::vector<double> kept;
  kept.reserve(limit);
  if (limit == 1) kept.push_back(samples.front());
  for (std::size_t i = 0; limit > 1 && i < limit; ++i) {
    kept.push_back(samples[i * (samples.size() - 1) / (limit - 1)]);
  }
  return kept;
}

}  // namespace assay
