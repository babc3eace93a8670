// Cost fits against sweeps made from known regions, and the curve-dip check.
#include "harness/fabric/cost_model.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "harness/core/error.h"

using namespace assay;

namespace {

std::vector<SweepPoint> sweep(const std::vector<CostSegment>& truth, double noise,
                              std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<SweepPoint> points;
  for (double bytes = 8; bytes <= 1024.0 * 1024 * 1024; bytes *= 2)
    for (const CostSegment& segment : truth)
      if (bytes >= segment.from_bytes && bytes <= segment.to_bytes)
        points.push_back({bytes, (segment.latency_s + bytes * segment.seconds_per_byte) *
                                     std::exp(noise * normal(random))});
  return points;
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("one exact line is one region with its own figures") {
    const auto points = sweep({{0, 1e12, 20e-6, 1 / 200e9, 0, 0}}, 0, 1);
    const auto fitted = fit_cost(points);
    REQUIRE(fitted.size() == 1);
    CHECK(fitted[0].latency_s == doctest::Approx(20e-6));
    CHECK(fitted[0].seconds_per_byte == doctest::Approx(1 / 200e9));
    CHECK(fitted[0].max_residual < 1e-9);
  }

  TEST_CASE("a flat floor has no bandwidth and no negative latency comes out") {
    const auto flat = fit_cost(std::vector<SweepPoint>{{8, 1e-5}, {16, 0.99e-5}, {32, 0.98e-5}});
    REQUIRE(flat.size() == 1);
    CHECK(flat[0].seconds_per_byte == 0);
    const auto steep = fit_cost(std::vector<SweepPoint>{{100, 1e-6}, {200, 3e-6}, {300, 5e-6}});
    CHECK(steep[0].latency_s == 0);
    CHECK(steep[0].seconds_per_byte > 0);
  }

  TEST_CASE("what cannot be fitted is refused") {
    CHECK_THROWS_AS(fit_cost(std::vector<SweepPoint>{{8, 1e-5}}), Error);
    CHECK_THROWS_AS(fit_cost(std::vector<SweepPoint>{{8, 1e-5}, {8, 1e-5}}), Error);
    CHECK_THROWS_AS(fit_cost(std::vector<SweepPoint>{{8, 0}, {16, 1e-5}}), Error);
  }

  TEST_CASE("a size that is slower than a smaller one is a dip and a plateau is not") {
    const std::vector<SweepPoint> points = {{1e6, 1e-4}, {2e6, 1.5e-4}, {4e6, 4e-4}, {8e6, 6.1e-4}};
    const auto dips = curve_dips(points);
    REQUIRE(dips.size() == 1);
    CHECK(dips[0].bytes == 4e6);
    CHECK(dips[0].smaller_bytes == 2e6);
    CHECK(dips[0].fraction == doctest::Approx(0.75));
    CHECK(curve_dips(points, 0.76).size() == 1);
    CHECK(curve_dips(points, 0.74).empty());
  }

  TEST_CASE("a dip that the intervals of two times may explain is none") {
    // 1.5 times slower, of which an interval of 20 % on either side leaves 1.5 / 1.44 = 1.04 times.
    const std::vector<SweepPoint> vague = {{1e6, 1e-4, 0.8e-4, 1.2e-4},
                                           {2e6, 3e-4, 2.5e-4, 3.6e-4}};
    CHECK(curve_dips(vague, 0.9).empty());
    const std::vector<SweepPoint> plain = {{1e6, 1e-4, 0.98e-4, 1.02e-4},
                                           {2e6, 3e-4, 2.94e-4, 3.06e-4}};
    CHECK(curve_dips(plain, 0.9).size() == 1);
  }
}

TEST_SUITE("property") {
  TEST_CASE("three regions are found where there are three and one where there is one") {
    const double kib = 1024, mib = kib * kib;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      const auto three = fit_cost(sweep({{0, 512 * kib, 39e-6, 1e-13, 0, 0},
                                         {mib, 128 * mib, 53e-6, 1 / 240e9, 0, 0},
                                         {256 * mib, 1e12, 900e-6, 1 / 473e9, 0, 0}},
                                        0.01, seed),
                                  3);
      CHECK(three.size() >= 2);
      CHECK(three[0].latency_s == doctest::Approx(39e-6).epsilon(0.05));
      const auto one = fit_cost(sweep({{0, 1e12, 20e-6, 1 / 200e9, 0, 0}}, 0.01, seed));
      CHECK(one.size() == 1);
      CHECK(1 / one[0].seconds_per_byte == doctest::Approx(200e9).epsilon(0.05));
    }
  }
}
