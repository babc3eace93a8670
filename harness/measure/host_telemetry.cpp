// Counters of /proc/stat and getrusage, and the clock if the kernel reports it.
#include "harness/measure/host_telemetry.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace assay {

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

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
  counters["own_s"] = seconds(usage.ru_utime) + seconds(usage.ru_stime);

  // user nice system idle iowait irq softirq steal, in clock ticks, over all processors.
  std::ifstream stat(root_ / "proc/stat");
  std::string label;
  double ticks[8] = {};
  stat >> label;
  for (double& tick : ticks) stat >> tick;
  if (stat) {
    const double per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
    double total = 0;
    for (double tick : ticks) total += tick;
    counters["total_s"] = total / per_second;
    counters["idle_s"] = (ticks[3] + ticks[4]) / per_second;
    counters["steal_s"] = ticks[7] / per_second;
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
  const auto change = [&](const char* key) {
    return now[key].get<double>() - before[key].get<double>();
  };
  // /proc/stat ticks at 100 Hz: below half a second its fractions say nothing.
  constexpr double kShortest = 0.5;
  if (now.contains("total_s") && before.contains("total_s") && change("total_s") >= kShortest) {
    const double total = change("total_s"), steal = change("steal_s");
    const double other = total - change("idle_s") - steal - change("own_s");
    report["cpu_steal_fraction"] = std::clamp(steal / total, 0.0, 1.0);
    report["cpu_other_fraction"] = std::clamp(other / total, 0.0, 1.0);
  }
  if (const auto clock = read().clock_hz) {
    report["clock_hz"] = *clock;
    report["clock_source"] = "scaling_cur_freq";
  }
  return report;
}

}  // namespace assay
