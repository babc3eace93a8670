// Telemetry around and during a series, of all its passes and of nothing between them.
#pragma once

#include <optional>

#include "harness/measure/telemetry.h"
#include "harness/measure/telemetry_poller.h"

namespace assay {

class SeriesTelemetry {
 public:
  /// `contention_limit` is SamplingRule's.
  SeriesTelemetry(Telemetry& telemetry, double contention_limit)
      : telemetry_(telemetry), contention_limit_(contention_limit) {}

  void begin_pass();
  void end_pass();
  /// What disturbs the samples of the pass that has begun; null: nothing that is known.
  DisturbanceLog* disturbances();
  /// For the measurement's `telemetry`; after a pass.
  Json summary() const;

 private:
  Telemetry& telemetry_;
  const double contention_limit_;
  std::optional<Json> before_;  // counters, with what changed between passes added
  Json after_, changes_;
  std::optional<TelemetryPoller> poller_;
};

}  // namespace assay
