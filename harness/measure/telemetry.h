// Telemetry around and during a series: clocks, power, temperature, slowdowns, other load.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/core/result.h"

namespace assay {

/// Clock-event reasons, with NVML's bits (nvml.h, nvmlClocksEventReasons).
namespace clock_event {
inline constexpr std::uint64_t kSwPowerCap = 0x4;
inline constexpr std::uint64_t kHwSlowdown = 0x8;
inline constexpr std::uint64_t kSwThermalSlowdown = 0x20;
inline constexpr std::uint64_t kHwThermalSlowdown = 0x40;
inline constexpr std::uint64_t kHwPowerBrake = 0x80;
/// Reasons that discard a sample. A power cap does not: it is a GPU's normal state under load.
inline constexpr std::uint64_t kDiscarding =
    kHwSlowdown | kSwThermalSlowdown | kHwThermalSlowdown | kHwPowerBrake;
/// The name of the most specific bit set; null for none that is known.
const char* name(std::uint64_t bits);
}  // namespace clock_event

struct TelemetryReading {
  double at_s = 0;  // steady clock
  std::optional<double> clock_hz, memory_clock_hz, power_w, temperature_c;
  std::uint64_t event_reasons = 0;
};

/// Seconds of the steady clock, which samples and readings share.
double steady_seconds();

class Telemetry {
 public:
  virtual ~Telemetry() = default;

  /// Whether read() is worth a thread that polls it during a series.
  virtual bool is_polled() const = 0;
  /// Called by the polling thread while the others run.
  virtual TelemetryReading read() = 0;

  /// Counters before a series, and what changed since, as the measurement's telemetry shows it.
  virtual Json counters() = 0;
  virtual Json since(const Json& before) = 0;
};

/// The telemetry of a device that reports nothing.
class NoTelemetry : public Telemetry {
 public:
  bool is_polled() const override { return false; }
  TelemetryReading read() override { return {}; }
  Json counters() override { return Json::object(); }
  Json since(const Json&) override { return Json::object(); }
};

}  // namespace assay
