// The polling thread, and which samples its readings cover.
#include "harness/measure/telemetry_poller.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>

#include "tests/measure/fakes.h"

using namespace assay;
using namespace assay::test;

namespace {

/// Waits for the poller to have read `count` times.
void wait_for(const std::atomic<int>& reads, int count) {
  while (reads < count) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

TEST_SUITE("unit") {
  TEST_CASE("a slowdown that a reading saw covers the samples around that reading alone") {
    FakeTelemetry telemetry;
    std::atomic<int> reads{0};
    // Readings at 1 2 3 … s of a clock of their own; slow at 5 s.
    telemetry.on_read = [&] {
      TelemetryReading reading;
      reading.at_s = ++reads;
      if (reads == 5) {
        reading.event_reasons = clock_event::kHwSlowdown | clock_event::kHwThermalSlowdown;
      }
      return reading;
    };
    TelemetryPoller poller(telemetry, std::chrono::milliseconds(1));
    wait_for(reads, 12);
    poller.finish();
    CHECK(poller.active(1.2, 1.3) == nullptr);
    CHECK(poller.active(2.5, 3.5) == nullptr);
    CHECK(poller.active(7.2, 7.3) == nullptr);
    REQUIRE(poller.active(4.9, 5.1) != nullptr);
    CHECK(std::string(poller.active(4.9, 5.1)) == "hw_thermal_slowdown");
    CHECK(poller.active(4.2, 4.3) != nullptr);  // the next reading saw it
    CHECK(poller.active(5.2, 5.3) != nullptr);  // the last one did
  }

  TEST_CASE("another process that is seen at any reading discards the samples around it") {
    FakeTelemetry telemetry;
    std::atomic<int> reads{0};
    telemetry.on_read = [&] {
      TelemetryReading reading;
      reading.at_s = ++reads;
      reading.has_foreign_process = reads == 5;
      return reading;
    };
    TelemetryPoller poller(telemetry, std::chrono::milliseconds(1));
    wait_for(reads, 12);
    poller.finish();
    CHECK(poller.active(2.5, 3.5) == nullptr);
    REQUIRE(poller.active(4.9, 5.1) != nullptr);
    CHECK(std::string(poller.active(4.9, 5.1)) == "foreign_process");
    CHECK(poller.active(7.2, 7.3) == nullptr);

    reads = 0;
    TelemetryPoller allowing(telemetry, std::chrono::milliseconds(1), 1);
    wait_for(reads, 12);
    allowing.finish();
    CHECK(allowing.active(0, 100) == nullptr);
  }

  TEST_CASE("clocks that anything but power holds discard") {
    FakeTelemetry telemetry;
    std::uint64_t held = 0;
    telemetry.on_read = [&] {
      TelemetryReading reading;
      reading.at_s = 1;
      reading.event_reasons = held;
      return reading;
    };
    for (const std::uint64_t reason : {0x2, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100}) {
      CAPTURE(reason);
      held = reason;
      TelemetryPoller poller(telemetry, std::chrono::hours(1));
      CHECK(poller.active(0, 2) != nullptr);
    }
    for (const std::uint64_t reason : {0x1, 0x4}) {  // idle, power cap
      held = reason;
      TelemetryPoller poller(telemetry, std::chrono::hours(1));
      CHECK(poller.active(0, 2) == nullptr);
    }
  }

  TEST_CASE("a poller that goes on keeps what it has read") {
    FakeTelemetry telemetry;
    std::atomic<int> reads{0};
    telemetry.on_read = [&] {
      TelemetryReading reading;
      reading.at_s = ++reads;
      return reading;
    };
    TelemetryPoller poller(telemetry, std::chrono::milliseconds(1));
    wait_for(reads, 3);
    poller.finish();
    const int before = reads;
    poller.resume();
    wait_for(reads, before + 3);
    poller.finish();
    CHECK(poller.summary()["readings"] == reads.load());
  }

  TEST_CASE("a power cap is recorded and discards nothing") {
    FakeTelemetry telemetry;
    std::atomic<int> reads{0};
    telemetry.on_read = [&] {
      TelemetryReading reading;
      reading.at_s = ++reads;
      reading.clock_hz = 1e9 + reads;
      reading.power_w = 700;
      reading.event_reasons = clock_event::kSwPowerCap;
      return reading;
    };
    TelemetryPoller poller(telemetry, std::chrono::milliseconds(1));
    wait_for(reads, 3);
    poller.finish();
    CHECK(poller.active(0, 100) == nullptr);
    const Json summary = poller.summary();
    CHECK(summary["clock_event_fractions"]["sw_power_cap"] == 1.0);
    CHECK(summary["power_w"]["median"] == 700.0);
    CHECK(summary["clock_hz"]["low"] == 1e9 + 1);
    CHECK(summary["clock_hz"]["high"] == 1e9 + reads);
    CHECK_FALSE(summary.contains("temperature_c"));
    CHECK(summary["readings"] == reads.load());
  }

  TEST_CASE("samples are judged while the thread reads") {
    FakeTelemetry telemetry;
    telemetry.on_read = [] {
      TelemetryReading reading;
      reading.at_s = steady_seconds();
      return reading;
    };
    TelemetryPoller poller(telemetry, std::chrono::milliseconds(1));
    const double start = steady_seconds();
    int slowed = 0;
    while (steady_seconds() < start + 0.05) {
      const double now = steady_seconds();
      if (poller.active(now - 0.001, now)) ++slowed;
    }
    CHECK(slowed == 0);
  }
}
