// How a device's work is timed and monitored. The sampler uses it; cases do not see it.
#pragma once

#include <memory>
#include <string>

#include "harness/core/result.h"
#include "harness/measure/telemetry.h"
#include "harness/measure/timer.h"

namespace assay {

/// The clock of one device's stream, for samples of several devices at once. It never waits; the
/// caller waits for all devices.
class BatchClock {
 public:
  /// The most iterations in one batch, limited by the size of a graph.
  static constexpr std::size_t kMostIterations = 1024;

  virtual ~BatchClock() = default;
  /// Whether a batch of that case and count can be enqueued.
  virtual bool is_prepared(const Batch& batch) const = 0;
  /// Nothing runs yet. Throws Error where the case cannot be replayed.
  virtual void prepare(const Batch& batch) = 0;
  /// Puts the batch on the stream between two marks, and does not wait.
  virtual void enqueue(const Batch& batch) = 0;
  /// Seconds between the marks, once the stream is idle.
  virtual double elapsed_s() = 0;
};

/// Each Device has one. When ranks measure together, a shared one replaces it.
class Instrument {
 public:
  virtual ~Instrument() = default;

  /// A timer for the series, or null with the reason when the backend has no such series.
  virtual std::unique_ptr<Timer> make_timer(Series series, std::string& reason) = 0;
  /// Null if the device's calls return only when their work is done: any clock can time it.
  virtual std::unique_ptr<BatchClock> make_batch_clock(Series) { return nullptr; }
  /// The telemetry that is read before and after a series, and polled during it.
  virtual Telemetry& telemetry() = 0;
  /// Records the clock under load in a series, which gives the second speed of light of the facts.
  virtual void record_clock(double clock_hz) = 0;
};

}  // namespace assay
