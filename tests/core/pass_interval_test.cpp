// The interval between passes, by hand and by how often it holds the truth of simulated series.
#include "harness/core/pass_interval.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

#include "harness/core/error.h"

namespace assay {

namespace {

/// How the time of one sample comes about.
struct Model {
  const char* name;
  double drift = 0;          // between passes, standard deviation
  double noise = 0;          // between samples, standard deviation
  double slow_fraction = 0;  // of samples, by up to a half
  double trend = 0;          // from the begin of the run to its end
};

constexpr double kTime_s = 1e-3;

class Simulation {
 public:
  Simulation(const Model& model, std::uint64_t seed) : model_(model), random_(seed) {}

  double drift() { return normal_(random_) * model_.drift; }

  /// `at` runs from 0 to 1 over the run.
  double sample(double at, double drift) {
    double factor = (1 + model_.trend * at) * (1 + drift) * (1 + normal_(random_) * model_.noise);
    if (uniform_(random_) < model_.slow_fraction) factor *= 1 + 0.5 * uniform_(random_);
    return kTime_s * factor;
  }

  /// The median of the model over the run's length.
  double truth() {
    std::vector<double> samples(100'001);
    for (double& one : samples) one = sample(uniform_(random_), drift());
    return median(samples);
  }

  Interval interval(int passes, int samples_of_pass) {
    const double place = uniform_(random_);  // of the group among those of a pass
    std::vector<double> all, medians;
    for (int pass = 0; pass < passes; ++pass) {
      const double own = drift();
      std::vector<double> samples;
      for (int i = 0; i < samples_of_pass; ++i)
        samples.push_back(sample((pass + place) / passes, own));
      medians.push_back(median(samples));
      all.insert(all.end(), samples.begin(), samples.end());
    }
    return interval_between_passes(medians, median_interval(all));
  }

 private:
  Model model_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_{0, 1};
};

int series_count(int usual) {
  const char* asked = std::getenv("ASSAY_SOAK_COUNT");
  return asked == nullptr ? usual : std::max(usual, std::atoi(asked));
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("the interval between three passes is that of a table of Student's t") {
    const std::vector<double> medians{std::exp(-0.01), 1.0, std::exp(0.01)};
    const Interval interval = interval_between_passes(medians, {1.0, 1.0, 0.9});
    // t for two degrees of freedom is 4.3027; the standard error is 0.01 over the root of three.
    CHECK(std::log(interval.high) == doctest::Approx(4.3027 * 0.01 / std::sqrt(3)).epsilon(1e-4));
    CHECK(std::log(interval.low) == doctest::Approx(-4.3027 * 0.01 / std::sqrt(3)).epsilon(1e-4));
    CHECK(interval.level == 0.95);
  }

  TEST_CASE("passes that agree do not make the interval narrower than their samples do") {
    const std::vector<double> medians{1.0, 1.0, 1.0};
    const Interval interval = interval_between_passes(medians, {0.9, 1.2, 0.97});
    CHECK(interval.low == 0.9);
    CHECK(interval.high == 1.2);
    CHECK(interval.level == 0.97);
  }

  TEST_CASE("one pass says nothing about others") {
    const std::vector<double> one{5.0};
    const Interval interval = interval_between_passes(one, {0.9, 1.2, 0.96});
    CHECK(interval.low == 0.9);
    CHECK(interval.high == 1.2);
    CHECK(interval.level == 0.96);
  }

  TEST_CASE("a bound of the interval is above zero however far passes differ") {
    const std::vector<double> medians{1e-6, 1.0};
    CHECK(interval_between_passes(medians, {1e-6, 1.0, 0.5}).low > 0);
    CHECK_THROWS_AS(interval_between_passes(std::vector<double>{0.0, 1.0}, {0, 1, 0.5}), Error);
  }
}

TEST_SUITE("property") {
  TEST_CASE("two passes that differ tenfold give an interval that a document can hold") {
    const Interval interval = interval_between_passes(std::vector<double>{0.1, 10}, {0.1, 10, 0.5});
    CHECK(interval.low == doctest::Approx(0.01));
    CHECK(interval.high == doctest::Approx(100));
  }

  TEST_CASE("an interval between passes holds the truth in 93 of 100 simulated series") {
    const Model models[] = {{"quiet", 0, 0.002, 0, 0},
                            {"drift", 0.005, 0.001, 0, 0},
                            {"drift and noise", 0.005, 0.02, 0, 0},
                            {"slow samples", 0.005, 0.002, 0.1, 0},
                            {"trend", 0, 0.002, 0, 0.03},
                            {"all", 0.005, 0.005, 0.1, 0.03}};
    const int series = series_count(400);
    for (const Model& model : models) {
      for (const int passes : {3, 4}) {
        for (const int samples : {4, 40}) {
          CAPTURE(model.name);
          CAPTURE(passes);
          CAPTURE(samples);
          Simulation simulation(model, 42);
          const double truth = simulation.truth();
          int held = 0;
          for (int i = 0; i < series; ++i) {
            const Interval interval = simulation.interval(passes, samples);
            held += interval.low <= truth && truth <= interval.high;
          }
          CHECK(static_cast<double>(held) / series >= 0.93);
        }
      }
    }
  }

  TEST_CASE("what the samples say alone misses a truth that drifts between passes") {
    // The reason for passes: the interval of one uninterrupted series is far from its level.
    Simulation simulation({"drift", 0.005, 0.002, 0, 0}, 7);
    const double truth = simulation.truth();
    const int series = series_count(400);
    int held = 0;
    for (int i = 0; i < series; ++i) {
      const Interval interval = simulation.interval(1, 100);
      held += interval.low <= truth && truth <= interval.high;
    }
    CHECK(static_cast<double>(held) / series < 0.6);
  }
}

}  // namespace assay
