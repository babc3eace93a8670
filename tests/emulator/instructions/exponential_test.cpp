// ex2.approx against exp2: within the manual's bound, and not better than it promises.
#include "device/exponential.cuh"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay::device {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("ex2 is within its bound and uses most of it") {
    double worst = 0;
    for (int i = -125 * 64; i < 127 * 64; ++i) {
      const float x = static_cast<float>(i) / 64 + 1.0F / 300;
      const double exact = std::exp2(static_cast<double>(x));
      worst = std::max(worst, std::abs(exp2_approx(x) / exact - 1));
    }
    CHECK(worst <= 0x1p-22);
    CHECK(worst > 0x1p-23);
  }

  TEST_CASE("ex2 gives the powers that the manual lists") {
    CHECK(exp2_approx(0.0F) == 1);
    CHECK(exp2_approx(-0.0F) == 1);
    CHECK(exp2_approx(std::numeric_limits<float>::denorm_min()) == 1);
    CHECK(exp2_approx(-kInfinity) == 0);
    CHECK(exp2_approx(kInfinity) == kInfinity);
    CHECK(exp2_approx(-127.0F) == 0);
    CHECK(std::isnan(exp2_approx(std::numeric_limits<float>::quiet_NaN())));
  }
}

}  // namespace assay::device
