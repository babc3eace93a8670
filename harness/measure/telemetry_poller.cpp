// The polling thread, and what its readings say about a sample or a series.
#include "harness/measure/telemetry_poller.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "harness/core/discard_reason.h"
#include "harness/core/statistics.h"
#include "harness/measure/threads.h"

namespace assay {

namespace {

struct EventName {
  std::uint64_t bit;
  const char* name;
};

// Most specific first: the hardware slowdown bit is also set with the reasons that cause it.
constexpr std::array kEventNames{
    EventName{clock_event::kHwThermalSlowdown, "hw_thermal_slowdown"},
    EventName{clock_event::kHwPowerBrake, "hw_power_brake"},
    EventName{clock_event::kSwThermalSlowdown, "sw_thermal_slowdown"},
    EventName{clock_event::kHwSlowdown, "hw_slowdown"},
    EventName{clock_event::kSwPowerCap, "sw_power_cap"},
    EventName{0x1, "gpu_idle"},
    EventName{clock_event::kApplicationsClocksSetting, "applications_clocks_setting"},
    EventName{clock_event::kSyncBoost, "sync_boost"},
    EventName{clock_event::kDisplayClockSetting, "display_clock_setting"},
};

using Field = std::optional<double> TelemetryReading::*;

void summarise_field(const std::vector<TelemetryReading>& readings, Field field, const char* key,
                     Json& to) {
  std::vector<double> values;
  for (const TelemetryReading& reading : readings) {
    if (reading.*field) values.push_back(*(reading.*field));
  }
  if (values.empty()) return;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  to[key] = {{"low", *low}, {"median", median(values)}, {"high", *high}};
}

}  // namespace

const char* clock_event::name(std::uint64_t bits) {
  for (const EventName& event : kEventNames) {
    if (bits & event.bit) return event.name;
  }
  return nullptr;
}

TelemetryPoller::TelemetryPoller(Telemetry& telemetry, std::chrono::milliseconds period,
                                 double contention_limit)
    : telemetry_(telemetry), period_(period), contention_limit_(contention_limit) {
  resume();
}

void TelemetryPoller::resume() {
  if (thread_.joinable()) return;
  finished_ = false;
  add_reading();
  thread_ = start_thread([this] { poll(); }, "telemetry");
}

TelemetryPoller::~TelemetryPoller() { finish(); }

void TelemetryPoller::add_reading() {
  const TelemetryReading reading = telemetry_.read();  // slow: outside the lock
  const std::lock_guard lock(mutex_);
  readings_.push_back(reading);
}

void TelemetryPoller::poll() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, period_, [this] { return finished_; })) {
    lock.unlock();
    add_reading();
    lock.lock();
  }
}

void TelemetryPoller::finish() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }
  wake_.notify_one();
  thread_.join();
  add_reading();
}

const char* TelemetryPoller::active(double begin_s, double end_s) {
  const std::lock_guard lock(mutex_);
  const auto earlier = [](const TelemetryReading& reading, double time) {
    return reading.at_s < time;
  };
  auto first = std::lower_bound(readings_.begin(), readings_.end(), begin_s, earlier);
  auto last = std::lower_bound(first, readings_.end(), end_s, earlier);
  if (first != readings_.begin()) --first;
  if (last != readings_.end()) ++last;
  for (; first != last; ++first) {
    const std::uint64_t slowing = first->event_reasons & clock_event::kDiscarding;
    if (slowing) return clock_event::name(slowing);
    if (first->has_foreign_process && contention_limit_ < 1) return discard_reason::kForeignProcess;
  }
  return nullptr;
}

Json TelemetryPoller::summary() const {
  const std::lock_guard lock(mutex_);
  Json summary = Json::object();
  summarise_field(readings_, &TelemetryReading::clock_hz, "clock_hz", summary);
  summarise_field(readings_, &TelemetryReading::memory_clock_hz, "memory_clock_hz", summary);
  summarise_field(readings_, &TelemetryReading::power_w, "power_w", summary);
  summarise_field(readings_, &TelemetryReading::temperature_c, "temperature_c", summary);
  const double share = 1.0 / static_cast<double>(readings_.size());
  Json reasons = Json::object();
  for (const EventName& event : kEventNames) {
    const auto seen = std::count_if(
        readings_.begin(), readings_.end(),
        [&](const TelemetryReading& reading) { return (reading.event_reasons & event.bit) != 0; });
    if (seen > 0) reasons[event.name] = static_cast<double>(seen) * share;
  }
  summary["clock_event_fractions"] = reasons;
  summary["readings"] = readings_.size();
  return summary;
}

}  // namespace assay
