// The lines of /proc/stat, and getrusage.
#include "harness/measure/cpu_times.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

namespace assay {

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double own_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Adds a line's ticks: user nice system idle iowait irq softirq steal.
void add(std::istream& line, CpuTimes& times) {
  static const double per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  double ticks[8] = {};
  for (double& tick : ticks) line >> tick;
  for (const double tick : ticks) times.total_s += tick / per_second;
  times.idle_s += (ticks[3] + ticks[4]) / per_second;
  times.steal_s += ticks[7] / per_second;
}

}  // namespace

std::optional<CpuTimes> read_cpu_times(const std::vector<int>& processors,
                                       const std::filesystem::path& root) {
  std::ifstream file(root / "proc/stat");
  CpuTimes all, chosen;
  bool is_told = false, are_told_apart = false;
  for (std::string line; std::getline(file, line) && line.starts_with("cpu");) {
    std::istringstream fields(line);
    std::string label;
    fields >> label;
    const std::string number = label.substr(3);
    if (number.empty()) {
      add(fields, all);
      is_told = true;
    } else if (std::find(processors.begin(), processors.end(), std::atoi(number.c_str())) !=
               processors.end()) {
      add(fields, chosen);
      are_told_apart = true;
    }
  }
  if (!is_told && !are_told_apart) return std::nullopt;
  CpuTimes& times = are_told_apart ? chosen : all;
  times.own_s = own_seconds();
  return times;
}

CpuShares cpu_shares(const CpuTimes& before, const CpuTimes& after) {
  const double total_s = after.total_s - before.total_s;
  if (total_s <= 0) return {};
  const double steal_s = after.steal_s - before.steal_s;
  const double other_s =
      total_s - (after.idle_s - before.idle_s) - steal_s - (after.own_s - before.own_s);
  return {std::clamp(other_s / total_s, 0.0, 1.0), std::clamp(steal_s / total_s, 0.0, 1.0)};
}

}  // namespace assay
