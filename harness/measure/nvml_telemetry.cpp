// NVML's telemetry around and during a series: clocks, power, temperature, slowdowns, errors, XIDs.
#include "harness/measure/nvml_device.h"

namespace assay {

namespace {

constexpr int kSensorGpu = 0;

}  // namespace

TelemetryReading NvmlDevice::read() {
  TelemetryReading reading;
  reading.at_s = steady_seconds();
  if (const auto mhz = value("nvmlDeviceGetClockInfo", nvml::kClockSm))
    reading.clock_hz = *mhz * 1e6;
  if (const auto mhz = value("nvmlDeviceGetClockInfo", nvml::kClockMemory)) {
    reading.memory_clock_hz = *mhz * 1e6;
  }
  if (const auto milliwatts = value("nvmlDeviceGetPowerUsage"))
    reading.power_w = *milliwatts * 1e-3;
  if (const auto celsius = value("nvmlDeviceGetTemperature", kSensorGpu)) {
    reading.temperature_c = *celsius;
  }
  using Get = int (*)(nvml::Device, unsigned long long*);
  unsigned long long reasons = 0;
  // Drivers before 535 have the older name alone.
  if (nvml_->call(Get{}, "nvmlDeviceGetCurrentClocksEventReasons", device_, &reasons) ||
      nvml_->call(Get{}, "nvmlDeviceGetCurrentClocksThrottleReasons", device_, &reasons)) {
    reading.event_reasons = reasons;
  }
  reading.has_foreign_process = !other_processes().empty();
  watch_pcie();
  return reading;
}

Json NvmlDevice::counters() {
  Json counters = Json::object();
  if (const auto count = ecc_errors(nvml::kCorrected)) counters["ecc_corrected"] = *count;
  if (const auto count = ecc_errors(nvml::kUncorrected)) counters["ecc_uncorrected"] = *count;
  if (const auto count = value("nvmlDeviceGetPcieReplayCounter")) counters["pcie_replays"] = *count;
  const std::optional<EccState> state = ecc();
  if (state && state->remapped_rows) counters["remapped_rows"] = *state->remapped_rows;
  return counters;
}

Json NvmlDevice::since(const Json& before) {
  const Json now = counters();
  Json changes = Json::object();
  for (const auto& [key, count] : now.items()) {
    if (!before.contains(key)) continue;
    const auto first = before[key].get<std::int64_t>(), last = count.get<std::int64_t>();
    changes[key] = last < first ? last : last - first;  // a driver that is reset counts anew
  }
  return changes.empty() ? changes : Json{{"new_errors", changes}};
}

std::vector<std::int64_t> NvmlDevice::take_xids() {
  std::vector<std::int64_t> xids;
  if (!events_) return xids;
  // The driver queues events for the set, so that draining it now and then loses none.
  using Wait = int (*)(nvml::EventSet, nvml::EventData*, unsigned);
  constexpr int kMost = 1000;
  nvml::EventData event{};
  while (static_cast<int>(xids.size()) < kMost &&
         nvml_->call(Wait{}, "nvmlEventSetWait_v2", events_, &event, 0u)) {
    if (event.type == nvml::kEventXid) xids.push_back(static_cast<std::int64_t>(event.data));
  }
  return xids;
}

}  // namespace assay
