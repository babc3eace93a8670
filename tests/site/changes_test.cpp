// Changes in a history: planted ones are found where they are, and noise has none.
#include "harness/site/changes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

namespace assay::test {

namespace {

int histories() {
  const char* asked = std::getenv("ASSAY_SOAK_COUNT");
  return std::max(300, asked == nullptr ? 0 : std::atoi(asked));
}

/// Logarithms of times of `runs` runs; from `at` on they take `slower` times as long.
std::vector<double> history(std::mt19937_64& random, int runs, double noise, int at,
                            double slower) {
  std::normal_distribution<double> normal;
  std::vector<double> logs;
  for (int i = 0; i < runs; ++i)
    logs.push_back(std::log(1e-3) + noise * normal(random) + (i >= at ? std::log(slower) : 0));
  return logs;
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("a history without a change has none in at least 98 of 100") {
    std::mt19937_64 random(3);
    for (const int runs : {6, 12, 50, 200}) {
      int alarms = 0;
      for (int i = 0; i < histories(); ++i)
        alarms += changes_of(history(random, runs, 0.02, runs, 1), 0.001).empty() ? 0 : 1;
      CAPTURE(runs);
      CHECK(alarms <= histories() / 50);
    }
  }

  TEST_CASE("a run from which on everything is 5 percent slower is found within one run") {
    std::mt19937_64 random(4);
    int found = 0;
    for (int i = 0; i < histories(); ++i) {
      const auto changes = changes_of(history(random, 40, 0.01, 25, 1.05), 0.01);
      found += changes.size() == 1 && changes[0].first >= 24 && changes[0].first <= 26 &&
                       changes[0].low < 1.05 && changes[0].high > 1.05
                   ? 1
                   : 0;
    }
    CHECK(found >= histories() * 9 / 10);
  }
}

TEST_SUITE("unit") {
  TEST_CASE("a history that gets worse and better again has two changes") {
    std::vector<double> logs(20, 0.0);
    for (int i = 8; i < 14; ++i) logs[static_cast<std::size_t>(i)] = 0.1;
    const auto changes = changes_of(logs, 0.01);
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].first == 8);
    CHECK(changes[0].ratio == doctest::Approx(std::exp(0.1)));
    CHECK(changes[1].first == 14);
    CHECK(changes[1].ratio == doctest::Approx(std::exp(-0.1)));
  }

  TEST_CASE("a change within the margin and a single bad run are none") {
    std::vector<double> logs(20, 0.0);
    for (int i = 8; i < 20; ++i) logs[static_cast<std::size_t>(i)] = 0.009;
    CHECK(changes_of(logs, 0.01).empty());
    CHECK(changes_of(logs, 0.005).size() == 1);
    std::vector<double> spike(20, 0.0);
    spike[10] = 0.5;
    CHECK(changes_of(spike, 0.01).empty());
  }

  TEST_CASE("fewer than six runs have no change") {
    CHECK(changes_of(std::vector<double>{}, 0.01).empty());
    CHECK(changes_of(std::vector<double>{0, 0, 1, 1, 1}, 0.01).empty());
  }
}

}  // namespace assay::test
