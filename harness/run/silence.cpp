// Adds up ticks. A tick that took long counts as five at most.
#include "harness/run/silence.h"

#include <algorithm>
#include <chrono>

namespace assay::run {

namespace {

double monotonic_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Silence::Silence() : last_s_(monotonic_s()) {}

void Silence::broken() {
  last_s_ = monotonic_s();
  passed_s_ = 0;
  waited_s_ = 0;
}

void Silence::goes_on(double waited_for_core_s) {
  const double now = monotonic_s();
  passed_s_ += std::min(now - last_s_, 5 * kTick_s);
  waited_s_ += waited_for_core_s;
  last_s_ = now;
}

double Silence::lasts_s() const { return std::max(passed_s_ - waited_s_, passed_s_ / 10); }

}  // namespace assay::run
