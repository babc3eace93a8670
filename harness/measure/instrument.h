// What measuring needs of a device beyond the interface that cases see.
#pragma once

#include <memory>
#include <string>

#include "harness/core/result.h"
#include "harness/measure/telemetry.h"
#include "harness/measure/timer.h"

namespace assay {

/// Every Device of this layer is one too.
class Instrument {
 public:
  virtual ~Instrument() = default;

  /// Makes this the device that the calling thread's work goes to.
  virtual void make_current() {}
  /// A timer for the series, or null with the reason when the backend has no such series.
  virtual std::unique_ptr<Timer> make_timer(Series series, std::string& reason) = 0;
  /// What is read before and after a series, and polled during it.
  virtual Telemetry& telemetry() = 0;
  /// The clock seen under load in a series: the facts' second speed of light follows it.
  virtual void record_clock(double clock_hz) = 0;
};

}  // namespace assay
