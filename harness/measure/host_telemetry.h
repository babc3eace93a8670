// Disturbances of a measurement on the host (steal, other processes, context switches), and its
// clock.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/measure/host_contention.h"
#include "harness/measure/telemetry.h"

namespace assay {

/// Read only before and after a series: a polling thread would disturb the processors that are
/// measured.
class HostTelemetry : public Telemetry {
 public:
  explicit HostTelemetry(std::vector<int> processors, std::filesystem::path root = "/");

  bool is_polled() const override { return false; }
  TelemetryReading read() override;
  DisturbanceLog* contention(double limit) override;
  Json counters() override;
  Json since(const Json& before) override;

 private:
  std::vector<int> processors_;
  std::filesystem::path root_;
  HostContention contention_;
};

}  // namespace assay
