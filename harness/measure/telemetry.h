// Telemetry around and during a series: clocks, power, temperature, slowdowns, other load.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/core/result.h"
#include "harness/measure/disturbance.h"

namespace assay {

/// Clock-event reasons, with NVML's bits (nvml.h, nvmlClocksEventReasons).
namespace clock_event {
inline constexpr std::uint64_t kSwPowerCap = 0x4;
inline constexpr std::uint64_t kHwSlowdown = 0x8;
inline constexpr std::uint64_t kSwThermalSlowdown = 0x20;
inline constexpr std::uint64_t kHwThermalSlowdown = 0x40;
inline constexpr std::uint64_t kHwPowerBrake = 0x80;
inline constexpr std::uint64_t kApplicationsClocksSetting = 0x2;
inline constexpr std::uint64_t kSyncBoost = 0x10;
inline constexpr std::uint64_t kDisplayClockSetting = 0x100;
/// Reasons that discard a sample: what holds the clocks and is not the power cap, which is a GPU's
/// normal state under load.
inline constexpr std::uint64_t kDiscarding = kHwSlowdown | kSwThermalSlowdown | kHwThermalSlowdown |
                                             kHwPowerBrake | kApplicationsClocksSetting |
                                             kSyncBoost | kDisplayClockSetting;
/// The name of the most specific bit set; null for none that is known.
const char* name(std::uint64_t bits);
}  // namespace clock_event

struct TelemetryReading {
  double at_s = 0;  // steady clock
  std::optional<double> clock_hz, memory_clock_hz, power_w, temperature_c;
  std::uint64_t event_reasons = 0;
  bool has_foreign_process = false;  // another process uses the device
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
  /// What the measuring thread itself can see of others that contend for the processors, above
  /// `limit` (SamplingRule::contention_limit); null: nothing. Lives as long as this object.
  virtual DisturbanceLog* contention(double /*limit*/) { return nullptr; }

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
