// The host's timer: two reads of the steady clock around a batch that runs to its end.
#include "harness/measure/host_timer.h"

#include <algorithm>
#include <chrono>

#include "harness/measure/telemetry.h"

namespace assay {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

HostTimer::HostTimer() {
  // What a sample pays for being timed: one read of the clock, taken over many.
  constexpr int kReads = 200;
  double cheapest = 1;
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double start = steady_seconds();
    for (int i = 1; i < kReads; ++i) steady_seconds();
    cheapest = std::min(cheapest, (steady_seconds() - start) / kReads);
  }
  // At most 0.1 % of the sample, and never below the resolution of a coarse clock.
  shortest_sample_s_ = std::max(cheapest * 1000, 20e-6);
}

Reading HostTimer::time(const Batch& batch) {
  Reading reading;
  reading.begin_s = steady_seconds();
  batch.enqueue_all();
  reading.end_s = steady_seconds();
  reading.time_s = reading.end_s - reading.begin_s;
  return reading;
}

}  // namespace assay
