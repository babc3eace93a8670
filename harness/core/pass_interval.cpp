// Student's t over medians, by Boost's quantiles.
#include "harness/core/pass_interval.h"

#include <algorithm>
#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <vector>

#include "harness/core/error.h"

namespace assay {

namespace {

constexpr double kLevel = 0.95;

/// No interval reaches further from the medians' mean than this factor: two passes that differ
/// tenfold would give one of 10^12, which no document holds and nobody learns from.
constexpr double kMostFactor = 100;

/// Two-sided: this many standard errors on each side of a mean of `count` values, two or more.
double student_t(std::size_t count) {
  const auto asked = [](std::size_t of) {
    const boost::math::students_t distribution(static_cast<double>(of - 1));
    return boost::math::quantile(distribution, 0.5 + kLevel / 2);
  };
  // Mostly a few passes, in every series of a fleet.
  static const auto kOfFew = [&] {
    std::array<double, 16> few{};
    for (std::size_t of = 2; of < few.size(); ++of) few[of] = asked(of);
    return few;
  }();
  return count < kOfFew.size() ? kOfFew[count] : asked(count);
}

}  // namespace

Interval interval_between_passes(std::span<const double> pass_medians_s, const Interval& within) {
  if (pass_medians_s.size() < 2) return within;
  const auto count = static_cast<double>(pass_medians_s.size());
  std::vector<double> logarithms;
  double mean = 0, squares = 0;
  for (const double median_s : pass_medians_s) {
    if (!(median_s > 0)) throw Error("the median of a pass is not above zero");
    mean += logarithms.emplace_back(std::log(median_s)) / count;
  }
  for (const double value : logarithms) squares += (value - mean) * (value - mean);
  const double error = std::sqrt(squares / (count - 1) / count);
  const double half = std::min(student_t(pass_medians_s.size()) * error, std::log(kMostFactor));
  return {std::min(within.low, std::exp(mean - half)), std::max(within.high, std::exp(mean + half)),
          std::max(within.level, kLevel)};
}

}  // namespace assay
