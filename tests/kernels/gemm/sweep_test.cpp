// A sweep whose times follow from known constants: they are found again. No GPU takes part.
#include "kernels/gemm/sm90/sweep.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <random>
#include <set>

#include "harness/core/error.h"

namespace assay::sm90 {
namespace {

constexpr int kMultiprocessors = 132;  // of an H100 or H200 SXM
constexpr ModelConstants kTrue{1100, 3300, 4700, 55, 2900};
constexpr double kClockHz = 1.62e9;

/// The sweep of the first shapes, each time off by a factor near 1.
std::vector<TimedPlan> made_sweep(std::size_t shapes, double spread) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  const ManyPlans many;
  std::vector<TimedPlan> timed;
  for (std::size_t i = 0; i < shapes; ++i) {
    const GemmShape shape = swept_shapes()[i];
    const Product product = swept_product(shape);
    for (const Plan& plan : cheapest(product, kMultiprocessors)) {
      const double cycles = cost(product, plan.tile, plan.schedule, kMultiprocessors, kTrue);
      timed.push_back({shape, kMultiprocessors, plan,
                       cycles / kClockHz * std::exp(spread > 0 ? spread * normal(random) : 0)});
    }
  }
  return timed;
}

void check_near(const Fit& fit, double share) {
  CHECK(fit.constants.start == doctest::Approx(kTrue.start).epsilon(share));
  CHECK(fit.constants.join == doctest::Approx(kTrue.join).epsilon(share));
  CHECK(fit.constants.l2 == doctest::Approx(kTrue.l2).epsilon(share));
  CHECK(fit.constants.most_fill == doctest::Approx(kTrue.most_fill).epsilon(share));
  CHECK(fit.constants.rate == doctest::Approx(kTrue.rate).epsilon(share));
  CHECK(fit.clock_hz == doctest::Approx(kClockHz).epsilon(share));
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a sweep has forty shapes and up to forty plans of each") {
    REQUIRE(swept_shapes().size() == 40);
    std::set<std::array<std::int64_t, 3>> different;
    std::size_t more = 0;
    for (const GemmShape& shape : swept_shapes()) {
      different.insert({shape.m, shape.n, shape.k});
      const Product product = swept_product(shape);
      CHECK_FALSE(refusal(product));
      const std::size_t usual = cheapest(product, kMultiprocessors).size();
      const ManyPlans many;
      const std::size_t all = cheapest(product, kMultiprocessors).size();
      CHECK(usual <= kMostCandidates);
      CHECK(all >= usual);
      CHECK(all <= 40);
      more += all - usual;
    }
    CHECK(more > 0);  // not of a large C, whose slices would take too much memory
    CHECK(different.size() == 40);
    CHECK(cheapest(swept_product({8192, 8192, 8192}), kMultiprocessors).size() <= kMostCandidates);
  }

  TEST_CASE("a sweep is read from its file as it was written") {
    const auto timed = made_sweep(3, 0.1);
    const std::string text = sweep_csv(timed);
    const auto read = sweep_from_csv(text);
    CHECK(sweep_csv(read) == text);
    REQUIRE(read.size() == timed.size());
    for (std::size_t i = 0; i < read.size(); ++i)
      CHECK(describe(read[i].plan) == describe(timed[i].plan));
  }

  TEST_CASE("a line that is no timed plan is named") {
    const std::string text = sweep_csv(made_sweep(1, 0));
    CHECK_THROWS_AS(sweep_from_csv("m,n\n"), Error);
    CHECK_THROWS_AS(sweep_from_csv(""), Error);
    const std::string wrong[] = {
        "8,8,8,132,128,8,2,12,1,1,0,1,0,-1,5",
        "8,8,8,132,128,8,0,12,1,1,0,1,0,1,5",
        "8,8,8,132,96,8,2,12,1,1,0,1,0,1,5",
        "8448,256,64,132,128,256,2,4,2,0,0,1,1,1,5",  // 33 tiles, 33 clusters
        "8,8",
        ""};
    for (const std::string& line : wrong) {
      CAPTURE(line);
      CHECK_THROWS_WITH_AS(sweep_from_csv(text.substr(0, text.find('\n') + 1) + line + "\n"),
                           doctest::Contains("line 2"), Error);
    }
  }
}

TEST_SUITE("property") {
  TEST_CASE("the constants that times were computed with are found again") {
    const Fit fit = fitted(made_sweep(40, 0));
    check_near(fit, 1e-3);
    CHECK(fit.typical_error < 1e-4);
  }

  TEST_CASE("times that are off by three percent move the constants by little") {
    const Fit fit = fitted(made_sweep(40, 0.03));
    check_near(fit, 0.1);
    CHECK(fit.typical_error < 0.04);
  }

  TEST_CASE("an interrupted sweep gives constants that predict its shapes") {
    const Fit fit = fitted(made_sweep(8, 0.01));
    CHECK(fit.typical_error < 0.015);
    CHECK_THROWS_AS(fitted(std::vector<TimedPlan>(19)), Error);
  }
}

}  // namespace assay::sm90
