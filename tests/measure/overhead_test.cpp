// What the sampler itself costs, against a bare loop around the same case and clock.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

#include "harness/measure/host_timer.h"
#include "harness/measure/sampler.h"
#include "harness/measure/telemetry.h"

using namespace assay;

namespace {

class EmptyCase : public TimedCase {
 public:
  Verification verify() override { return {}; }
  void enqueue(std::size_t) override { ++runs; }
  std::size_t operand_sets() const override { return 8; }
  Work work() const override { return {}; }
  std::size_t runs = 0;
};

/// The host's timer, but with one iteration a sample: nothing hides the sampler's own cost.
class SingleIteration : public HostTimer {
 public:
  double shortest_sample_s() const override { return 0; }
};

constexpr int kSamples = 200'000;

double sampler_s() {
  EmptyCase empty;
  SingleIteration timer;
  TimedCase* const cases[] = {&empty};
  const double start = steady_seconds();
  const auto outcome = sample_group({timer, cases, Series::cold, {kSamples, 0, 60, 0}});
  const double seconds = steady_seconds() - start;
  CHECK(outcome[0].samples->count >= kSamples);
  return seconds / static_cast<double>(outcome[0].samples->count);
}

double bare_loop_s() {
  EmptyCase empty;
  SingleIteration timer;
  const double start = steady_seconds();
  for (int i = 0; i < kSamples; ++i) timer.time({&empty, static_cast<std::size_t>(i) % 8, 1, 1});
  return (steady_seconds() - start) / kSamples;
}

}  // namespace

TEST_SUITE("timing") {
  TEST_CASE("the sampler costs less than a microsecond a sample") {
    double best = 1;
    for (int attempt = 0; attempt < 3; ++attempt)
      best = std::min(best, sampler_s() - bare_loop_s());
    MESSAGE("sampler: " << best * 1e9 << " ns a sample");
    CHECK(best < 1e-6);
  }

  TEST_CASE("a sample is long enough for the clock to cost a thousandth of it") {
    HostTimer timer;
    // Short windows: on a busy machine a long one is interrupted.
    double cheapest = 1;
    for (int window = 0; window < 200; ++window) {
      const double start = steady_seconds();
      for (int i = 0; i < 100; ++i) steady_seconds();
      cheapest = std::min(cheapest, (steady_seconds() - start) / 100);
    }
    CHECK(timer.shortest_sample_s() >= cheapest * 800);
    CHECK(timer.shortest_sample_s() < 1e-2);
  }
}
