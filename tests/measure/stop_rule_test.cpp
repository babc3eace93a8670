// When a series ends.
#include "harness/measure/stop_rule.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

using assay::SamplingRule;
using assay::StopRule;

namespace {

std::string reason(const StopRule& rule) { return rule.reason() ? rule.reason() : "go on"; }

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a steady series stops at the least samples and not before") {
    StopRule rule(SamplingRule{10, 0, 100, 0.005});
    for (int i = 0; i < 9; ++i) {
      rule.add(1e-3, 1e-3);
      CHECK(reason(rule) == "go on");
    }
    rule.add(1e-3, 1e-3);
    CHECK(reason(rule) == "stable");
  }

  TEST_CASE("a steady series goes on until the least time has been measured") {
    StopRule rule(SamplingRule{10, 0.5, 100, 0.005});
    int samples = 0;
    while (!rule.reason()) {
      rule.add(1e-3, 1e-3);
      ++samples;
    }
    CHECK(samples >= 499);
    CHECK(samples <= 501);
  }

  TEST_CASE("a series whose noise does not change stops as noise stable") {
    StopRule rule(SamplingRule{10, 0, 1e9, 0.005});
    std::mt19937 random(7);
    std::normal_distribution<double> noise(1.0, 0.1);
    int samples = 0;
    while (!rule.reason() && samples < 100'000) {
      rule.add(noise(random), 1e-3);
      ++samples;
    }
    CHECK(reason(rule) == "noise_stable");
    CHECK(samples >= 73);  // 64 values of the noise after the tenth sample
    CHECK(samples < 2000);
  }

  TEST_CASE("a series whose noise keeps changing goes on") {
    StopRule rule(SamplingRule{10, 0, 1e9, 0.005});
    double value = 1;
    for (int i = 0; i < 120; ++i) {
      value *= 1.02;  // every sample is an outlier to those before
      rule.add(value, 1e-3);
      if (i > 12) CHECK(reason(rule) == "go on");
    }
  }

  TEST_CASE("the cap ends a series whatever it holds") {
    StopRule rule(SamplingRule{10, 0.5, 1.5, 0.005});
    rule.add(2.0, 2.0);
    rule.spend(2.0);
    CHECK(reason(rule) == "max_time");
    StopRule discarding(SamplingRule{10, 0.5, 1.5, 0.005});
    discarding.spend(1.6);  // time that gave no sample
    CHECK(reason(discarding) == "max_time");
  }

  TEST_CASE("one sample is not stable") {
    StopRule rule(SamplingRule{1, 0, 100, 0.005});
    rule.add(1e-3, 1e-3);
    CHECK(reason(rule) == "go on");
  }
}
