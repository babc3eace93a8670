// The instrument of a device on which nothing is timed.
#pragma once

#include "harness/measure/instrument.h"

namespace assay::test {

class Unmeasured final : public Instrument {
 public:
  std::unique_ptr<Timer> make_timer(Series, std::string& reason) override {
    reason = "nothing is timed on this device";
    return nullptr;
  }
  Telemetry& telemetry() override { return telemetry_; }
  void record_clock(double) override {}

 private:
  NoTelemetry telemetry_;
};

}  // namespace assay::test
