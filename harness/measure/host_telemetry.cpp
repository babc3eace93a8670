// Counters of the processors and of this process, and the clock if the kernel reports it.
#include "harness/measure/host_telemetry.h"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace assay {

namespace {

std::optional<CpuTimes> times_of(const Json& counters) {
  if (!counters.contains("total_s")) return std::nullopt;
  const auto seconds = [&](const char* key) { return counters.at(key).get<double>(); };
  return CpuTimes{seconds("total_s"), seconds("idle_s"), seconds("steal_s"), seconds("own_s")};
}

}  // namespace

HostTelemetry::HostTelemetry(std::vector<int> processors, std::filesystem::path root)
    : processors_(std::move(processors)),
      root_(std::move(root)),
      contention_(processors_, root_, steady_seconds) {}

DisturbanceLog* HostTelemetry::contention(double limit) {
  contention_.set_limit(limit);
  return &contention_;
}

TelemetryReading HostTelemetry::read() {
  TelemetryReading reading;
  reading.at_s = steady_seconds();
  for (int processor : processors_) {
    std::ifstream file(root_ / "sys/devices/system/cpu" / ("cpu" + std::to_string(processor)) /
                       "cpufreq/scaling_cur_freq");
    double khz = 0;
    if (file >> khz) reading.clock_hz = std::max(reading.clock_hz.value_or(0), khz * 1e3);
  }
  return reading;
}

Json HostTelemetry::counters() {
  Json counters = Json::object();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  counters["voluntary"] = static_cast<std::int64_t>(usage.ru_nvcsw);
  counters["involuntary"] = static_cast<std::int64_t>(usage.ru_nivcsw);
  if (const auto times = read_cpu_times(processors_, root_)) {
    counters["own_s"] = times->own_s;
    counters["total_s"] = times->total_s;
    counters["idle_s"] = times->idle_s;
    counters["steal_s"] = times->steal_s;
  }
  return counters;
}

Json HostTelemetry::since(const Json& before) {
  const Json now = counters();
  Json report = Json::object();
  for (const char* kind : {"voluntary", "involuntary"}) {
    report["context_switches"][kind] =
        now[kind].get<std::int64_t>() - before[kind].get<std::int64_t>();
  }
  // /proc/stat ticks at 100 Hz: below a second its fractions say nothing.
  constexpr double kShortest_s = 1;
  const std::optional<CpuTimes> first = times_of(before), last = times_of(now);
  if (first && last && last->total_s - first->total_s >= kShortest_s) {
    const CpuShares shares = cpu_shares(*first, *last);
    report["cpu_steal_fraction"] = shares.steal;
    report["cpu_other_fraction"] = shares.other;
  }
  if (const auto clock = read().clock_hz) {
    report["clock_hz"] = *clock;
    report["clock_source"] = "scaling_cur_freq";
  }
  return report;
}

}  // namespace assay
