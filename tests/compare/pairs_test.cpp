// How often a comparison is wrong: pairs of the same speed, and pairs that really differ.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/compare/compared_runs.h"

namespace assay::compare {

namespace {

int pairs() {
  const char* asked = std::getenv("ASSAY_SOAK_COUNT");
  return std::max(100, asked == nullptr ? 0 : std::atoi(asked));
}

/// How many of the pairs have that verdict; B takes `slower` times A's time.
int count_of(ComparisonVerdict verdict, double slower, int passes, const Noise& noise,
             int documents = 1) {
  std::mt19937_64 random(7);
  int count = 0;
  for (int pair = 0; pair < pairs(); ++pair) {
    SideInput a{"a", {}, {}}, b{"b", {}, {}};
    for (int i = 0; i < documents; ++i) {
      a.documents.push_back(simulated_run(random, 1e-3, passes, noise));
      b.documents.push_back(simulated_run(random, 1e-3 * slower, passes, noise));
    }
    count += compare(a, b, {}).cases.at(0).verdict == verdict ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_SUITE("property") {
  TEST_CASE("of 100 pairs of the same case at most 3 differ") {
    for (const int passes : {2, 3, 8, 16}) {
      for (const Noise& noise : {Noise(), Noise{0, 0, 0.03}, Noise{0.003, 0.01, 0.01}}) {
        CAPTURE(passes);
        CAPTURE(noise.between_passes);
        const int differ = count_of(ComparisonVerdict::worse, 1, passes, noise) +
                           count_of(ComparisonVerdict::better, 1, passes, noise);
        CHECK(differ * 100 <= 3 * pairs());
      }
    }
  }

  TEST_CASE("of 100 pairs of which one side does 5 percent more work 90 are worse") {
    for (const int passes : {3, 4, 8, 16}) {
      CAPTURE(passes);
      CHECK(count_of(ComparisonVerdict::worse, 1.05, passes, Noise()) * 100 >= 90 * pairs());
      CHECK(count_of(ComparisonVerdict::better, 1.05, passes, Noise()) == 0);
      CHECK(count_of(ComparisonVerdict::better, 1 / 1.05, passes, Noise()) * 100 >= 90 * pairs());
    }
  }

  TEST_CASE("of 100 pairs with 5 percent more work 90 are worse or else called noise") {
    for (const double between_passes : {0.01, 0.015, 0.02, 0.03, 0.05}) {
      for (const int passes : {3, 8, 16}) {
        CAPTURE(between_passes);
        CAPTURE(passes);
        const Noise noise{0, between_passes, 0.01};
        const int worse = count_of(ComparisonVerdict::worse, 1.05, passes, noise);
        const int noisy = count_of(ComparisonVerdict::not_comparable, 1.05, passes, noise);
        CHECK(worse * 100 >= 90 * (pairs() - noisy));
      }
    }
  }

  TEST_CASE("runs without passes are compared where a side has several of them") {
    CHECK(count_of(ComparisonVerdict::worse, 1.05, 1, Noise(), 4) * 100 >= 90 * pairs());
    CHECK(count_of(ComparisonVerdict::worse, 1, 1, Noise(), 4) * 100 <= 3 * pairs());
    CHECK(count_of(ComparisonVerdict::unclear, 1.05, 1, Noise()) == pairs());
  }
}

}  // namespace assay::compare
