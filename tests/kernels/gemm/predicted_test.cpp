// What the model predicts for the listed shapes. The table itself is a golden of `assay tune`.
#include "kernels/gemm/sm90/predicted.h"

#include <doctest/doctest.h>

#include "kernels/gemm/listed_shapes.h"

namespace assay::sm90 {

TEST_SUITE("unit") {
  TEST_CASE("no listed shape is predicted to be slower with more plans to choose from") {
    const auto plans = predicted_plans();
    REQUIRE(plans.size() == listed_shapes().size());
    for (const PredictedPlan& one : plans) {
      CAPTURE(one.shape.m);
      CAPTURE(one.shape.n);
      CAPTURE(one.shape.k);
      CHECK(one.gain() >= 1);
      // It is the newer tile that gains, or that the last tiles are shared.
      CHECK((one.gain() > 1) == (one.has_newer_tile() || one.plan.schedule.shared > 0));
    }
  }

  TEST_CASE("the mean gain is the geometric mean over the shapes of enough rows") {
    const auto one = [](std::int64_t m, double first_cycles) {
      return PredictedPlan{{m, 64, 64}, {}, 100, first_cycles};
    };
    const std::vector<PredictedPlan> plans = {one(1, 900), one(256, 200), one(4096, 800)};
    CHECK(mean_gain(plans, 256).geometric_mean == doctest::Approx(4));
    CHECK(mean_gain(plans, 256).shapes == 2);
    CHECK(mean_gain(plans, 1).shapes == 3);
    CHECK(mean_gain({}, 1).geometric_mean == 1);
  }
}

}  // namespace assay::sm90
