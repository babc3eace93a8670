// Order statistics against hand-computed values, a plain sort, and seeded draws.
#include "harness/core/statistics.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <random>

#include "harness/core/error.h"

namespace assay {

namespace {

std::vector<double> counting(std::size_t n) {
  std::vector<double> values(n);
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

int soak_count(int usual) {
  const char* asked = std::getenv("ASSAY_SOAK_COUNT");
  return asked == nullptr ? usual : std::max(usual, std::atoi(asked));
}

/// How often the interval of n draws holds the true median, over many seeded series.
double coverage(const std::function<double(std::mt19937_64&)>& draw, double true_median,
                std::size_t n, int series) {
  std::mt19937_64 random(1234 + n);
  int held = 0;
  for (int i = 0; i < series; ++i) {
    std::vector<double> samples(n);
    for (double& sample : samples) sample = draw(random);
    const Interval interval = median_interval(samples);
    held += interval.low <= true_median && true_median <= interval.high;
  }
  return held / static_cast<double>(series);
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("quantiles interpolate between order statistics") {
    const std::vector<double> values = {4, 1, 3, 2};
    CHECK(median(values) == 2.5);
    CHECK(quantile(values, 0) == 1);
    CHECK(quantile(values, 1) == 4);
    CHECK(quantile(values, 0.25) == doctest::Approx(1.75));
    CHECK(median(std::vector<double>{7}) == 7);
  }

  TEST_CASE("nothing is computed from no samples or outside its range") {
    const std::vector<double> none;
    CHECK_THROWS_AS(median(none), Error);
    CHECK_THROWS_AS(relative_stdev(none), Error);
    CHECK_THROWS_AS(median_interval(none), Error);
    CHECK_THROWS_AS(quantile(counting(3), 1.01), Error);
    CHECK_THROWS_AS(quantile(counting(3), std::nan("")), Error);
    CHECK(thin(none, 5).empty());
  }

  TEST_CASE("spread is measured as the textbook has it") {
    const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
    CHECK(relative_stdev(values) == doctest::Approx(std::sqrt(32.0 / 7) / 5));
    CHECK(relative_stdev(std::vector<double>{3}) == 0);
    CHECK(relative_stdev(std::vector<double>{3, 3, 3}) == 0);
  }

  TEST_CASE("the interval of the median has the ranks of the published table") {
    // Conover, Practical Nonparametric Statistics: ranks of the 95 % interval of a median.
    const auto ranks = [](std::size_t n, double low, double high, double level) {
      CAPTURE(n);
      const Interval interval = median_interval(counting(n));
      CHECK(interval.low == low);
      CHECK(interval.high == high);
      CHECK(interval.level == doctest::Approx(level).epsilon(1e-3));
    };
    ranks(6, 1, 6, 0.96875);
    ranks(7, 1, 7, 0.984375);
    ranks(9, 2, 8, 0.9609);
    ranks(10, 2, 9, 0.9785);
    ranks(15, 4, 12, 0.9648);
    ranks(20, 6, 15, 0.9586);
    ranks(25, 8, 18, 0.9567);
    ranks(100, 40, 61, 0.9648);
  }

  TEST_CASE("too few samples give the widest interval and say how little it covers") {
    CHECK(median_interval(counting(1)).level == 0);
    const Interval two = median_interval(counting(2));
    CHECK(two.low == 1);
    CHECK(two.high == 2);
    CHECK(two.level == doctest::Approx(0.5));
    CHECK(median_interval(counting(5)).level == doctest::Approx(0.9375));
  }

  TEST_CASE("a percentile is absent until enough samples support it") {
    CHECK(!p95(counting(99)));
    CHECK(*p95(counting(100)) == doctest::Approx(95.05));
    CHECK(!p99(counting(499)));
    CHECK(*p99(counting(500)) == doctest::Approx(495.01));
  }

  TEST_CASE("thinning keeps the ends and spaces the rest evenly") {
    CHECK(thin(counting(5), 5) == counting(5));
    CHECK(thin(counting(9), 3) == std::vector<double>{1, 5, 9});
    CHECK(thin(counting(9), 1) == std::vector<double>{1});
    CHECK(thin(counting(9), 0).empty());
    const std::vector<double> kept = thin(counting(100000), 256);
    CHECK(kept.size() == 256);
    CHECK(kept.front() == 1);
    CHECK(kept.back() == 100000);
    for (std::size_t i = 1; i < kept.size(); ++i) {
      CHECK(std::abs(kept[i] - kept[i - 1] - 99999.0 / 255) <= 1);
    }
  }
}

TEST_SUITE("property") {
  TEST_CASE("a quantile agrees with sorting") {
    std::mt19937_64 random(11);
    for (int round = 0; round < soak_count(300); ++round) {
      std::vector<double> values(1 + random() % 50);
      for (double& value : values) value = static_cast<double>(random() % 20);
      std::vector<double> sorted = values;
      std::sort(sorted.begin(), sorted.end());
      const double p = static_cast<double>(random() % 1001) / 1000;
      const double position = p * static_cast<double>(values.size() - 1);
      const auto below = static_cast<std::size_t>(std::floor(position));
      const std::size_t above = std::min(below + 1, values.size() - 1);
      const double share = position - std::floor(position);
      const double expected = sorted[below] * (1 - share) + sorted[above] * share;
      CHECK(quantile(values, p) == doctest::Approx(expected));
    }
  }

  TEST_CASE("the interval covers the true median as often as it says") {
    std::normal_distribution<double> normal(10, 2);
    std::exponential_distribution<double> exponential(1);
    std::uniform_real_distribution<double> uniform(0, 1);
    std::cauchy_distribution<double> cauchy(5, 1);
    const int series = soak_count(2000);
    // Four standard errors of a proportion of 0.95 below what is promised.
    const double least = 0.95 - 4 * std::sqrt(0.95 * 0.05 / series);
    for (const std::size_t n : {6, 10, 11, 25, 100}) {
      CAPTURE(n);
      CHECK(coverage([&](auto& random) { return normal(random); }, 10, n, series) >= least);
      CHECK(coverage([&](auto& random) { return exponential(random); }, std::log(2), n, series) >=
            least);
      CHECK(coverage([&](auto& random) { return uniform(random); }, 0.5, n, series) >= least);
      CHECK(coverage([&](auto& random) { return cauchy(random); }, 5, n, series) >= least);
    }
  }

  TEST_CASE("the level told is the binomial probability and not much more than asked") {
    for (std::size_t n = 6; n <= 1000; n += 7) {
      CAPTURE(n);
      const Interval interval = median_interval(counting(n));
      // Samples 1..n: the ends are their own ranks. Sum the probabilities that lie between them.
      double sum = 0;
      const auto low = static_cast<std::size_t>(interval.low);
      for (std::size_t k = low; k <= n - low; ++k) {
        const double total = static_cast<double>(n), below = static_cast<double>(k);
        sum += std::exp(std::lgamma(total + 1) - std::lgamma(below + 1) -
                        std::lgamma(total - below + 1) - total * std::log(2.0));
      }
      CHECK(interval.level == doctest::Approx(sum).epsilon(1e-9));
      CHECK(interval.level >= 0.95);
      CHECK(interval.low + interval.high == doctest::Approx(static_cast<double>(n + 1)));
    }
    const Interval many = median_interval(counting(200000));
    CHECK(many.level >= 0.95);
    CHECK(many.level < 0.9505);
  }
}

}  // namespace assay
