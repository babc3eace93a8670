// How a device's work is timed and watched: what the sampler asks for, and cases never see.
#pragma once

#include <memory>
#include <string>

#include "harness/core/result.h"
#include "harness/measure/telemetry.h"
#include "harness/measure/timer.h"

namespace assay {

/// The clock of a device's own stream, for samples that several devices take at once: who waits for
/// them all does not wait by it.
class BatchClock {
 public:
  /// Of one batch: what a graph holds at most.
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

/// Each Device has one. Where ranks measure together, one of theirs takes its place.
class Instrument {
 public:
  virtual ~Instrument() = default;

  /// A timer for the series, or null with the reason when the backend has no such series.
  virtual std::unique_ptr<Timer> make_timer(Series series, std::string& reason) = 0;
  /// Null where the device's work is done when its calls return: any clock times it.
  virtual std::unique_ptr<BatchClock> make_batch_clock(Series) { return nullptr; }
  /// What is read before and after a series, and polled during it.
  virtual Telemetry& telemetry() = 0;
  /// The clock seen under load in a series: the facts' second speed of light follows it.
  virtual void record_clock(double clock_hz) = 0;
};

}  // namespace assay
