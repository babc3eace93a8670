// A fake clock, and cases and a device that live on it: what the sampler does, without real time.
#pragma once

#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "harness/measure/device.h"
#include "harness/measure/instrument.h"
#include "harness/measure/timed_case.h"
#include "harness/measure/timer.h"

namespace assay::test {

/// Time passes only when a case runs; `slowness` stretches what runs at a moment.
struct FakeClock {
  double now_s = 0;
  std::function<double(double now_s)> slowness = [](double) { return 1.0; };
  void run_for(double seconds) { now_s += seconds * slowness(now_s); }
};

/// Which case ran on which set, over the whole group.
struct RunLog {
  std::vector<std::pair<std::string, std::size_t>> runs;
};

class FakeCase : public TimedCase {
 public:
  FakeCase(std::string name, FakeClock& clock, double seconds, RunLog* log = nullptr)
      : name_(std::move(name)), clock_(clock), seconds_(seconds), log_(log) {}

  Verification verify() override { return verification; }
  void enqueue(std::size_t set) override {
    if (set >= sets) throw std::out_of_range("no such operand set");
    if (fails_after >= 0 && runs_++ >= fails_after) throw std::runtime_error("it broke");
    if (log_) log_->runs.emplace_back(name_, set);
    clock_.run_for(seconds_ + (jitter ? jitter() : 0.0));
    if (on_run) on_run();
  }
  std::size_t operand_sets() const override { return sets; }
  Work work() const override { return work_done; }
  Json choice() const override { return choice_made; }

  std::size_t sets = 1;
  int fails_after = -1;
  Verification verification{Verification::Status::exact, 0.0, 0.0, "00", ""};
  Work work_done{2e6, 1e6};
  Json choice_made = Json::object();
  std::function<double()> jitter;
  std::function<void()> on_run;

 private:
  std::string name_;
  FakeClock& clock_;
  double seconds_;
  RunLog* log_;
  int runs_ = 0;
};

class FakeTimer : public Timer {
 public:
  explicit FakeTimer(FakeClock& clock) : clock_(clock) {}

  void prime(const Batch& batch) override {
    batch.enqueue_all();
    if (on_prime) on_prime(batch);
  }
  Reading time(const Batch& batch) override {
    Reading reading;
    reading.begin_s = clock_.now_s;
    batch.enqueue_all();
    reading.end_s = clock_.now_s;
    reading.time_s = reading.end_s - reading.begin_s;
    reading.clock_hz = 1e9;
    reading.gate_timeout = gate_timeout && gate_timeout(batch);
    if (ranks) reading.ranks_s = ranks(reading);
    ++samples;
    return reading;
  }
  double shortest_sample_s() const override { return shortest_s; }
  std::size_t most_iterations(TimedCase&) override { return most; }

  double shortest_s = 1e-6;
  std::size_t most = 1 << 20;
  int samples = 0;
  std::function<void(const Batch&)> on_prime;
  std::function<bool(const Batch&)> gate_timeout;
  std::function<std::vector<double>(const Reading&)> ranks;

 private:
  FakeClock& clock_;
};

/// Hands out what it was given as telemetry.
class FakeTelemetry : public Telemetry {
 public:
  bool is_polled() const override { return polled; }
  TelemetryReading read() override { return on_read ? on_read() : TelemetryReading{}; }
  Json counters() override { return Json::object(); }
  Json since(const Json&) override { return Json{{"seen", true}}; }

  bool polled = false;
  std::function<TelemetryReading()> on_read;
};

class FakeDevice : public Device, public Instrument {
 public:
  Backend backend() const override { return Backend::host; }
  const DeviceFacts& facts() const override { return device_facts; }
  Instrument& instrument() override { return *this; }
  std::unique_ptr<Buffer> allocate(std::size_t) override { return nullptr; }
  void copy_in(Buffer&, const void*, std::size_t) override {}
  void copy_out(void*, Buffer&, std::size_t) override {}
  void fill(Buffer&, unsigned char) override {}
  void synchronize() override {
    if (on_synchronize) on_synchronize();
  }
  std::size_t cache_bytes() const override { return cache; }
  std::size_t free_memory_bytes() const override { return free_memory; }
  void* stream() override { return nullptr; }

  std::unique_ptr<Timer> make_timer(Series series, std::string& reason) override {
    if (series == Series::graph) {
      reason = "no graphs here";
      return nullptr;
    }
    auto timer = std::make_unique<FakeTimer>(clock);
    if (on_timer) on_timer(*timer);
    return timer;
  }
  Telemetry& telemetry() override { return fake_telemetry; }
  void record_clock(double clock_hz) override { clocks_hz.push_back(clock_hz); }

  FakeClock clock;
  FakeTelemetry fake_telemetry;
  DeviceFacts device_facts;
  std::size_t cache = 1000, free_memory = 1'000'000;
  std::vector<double> clocks_hz;
  std::function<void(FakeTimer&)> on_timer;
  std::function<void()> on_synchronize;
};

}  // namespace assay::test
