// A thread that reads a device's telemetry during a series, and records when the device was slowed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/core/profile.h"
#include "harness/measure/disturbance.h"
#include "harness/measure/telemetry.h"

namespace assay {

/// Polls from construction to finish(), and again from resume(); the first reading exists when each
/// returns.
class TelemetryPoller : public DisturbanceLog {
 public:
  explicit TelemetryPoller(Telemetry& telemetry,
                           std::chrono::milliseconds period = std::chrono::milliseconds(20),
                           double contention_limit = SamplingRule().contention_limit);
  ~TelemetryPoller() override;
  TelemetryPoller(const TelemetryPoller&) = delete;
  TelemetryPoller& operator=(const TelemetryPoller&) = delete;

  /// A sample is covered by the readings inside it and the nearest one on each side.
  const char* active(double begin_s, double end_s) override;

  /// Takes a last reading, so that the series' end is covered, and stops the thread.
  void finish();
  void resume();
  /// Minimum, median and maximum of the readings, and the share of readings with each event reason.
  Json summary() const;

 private:
  void poll();
  void add_reading();

  Telemetry& telemetry_;
  const std::chrono::milliseconds period_;
  const double contention_limit_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool finished_ = false;                   // guarded by mutex_
  std::vector<TelemetryReading> readings_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace assay
