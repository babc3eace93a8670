// Rates and the roofline's fraction.
#include "harness/measure/metrics.h"

#include <algorithm>

namespace assay {

namespace {

/// The rate for the dtype from one of the two tables; 0 when it is not known.
double peak(const std::map<std::string, double>& rates, const std::string& dtype) {
  const auto found = rates.find(dtype);
  return found == rates.end() ? 0 : found->second;
}

constexpr double kMostFraction = 2;  // what the result's schema accepts

struct LeastTime {
  double seconds = 0;
  const char* bound = nullptr;  // compute | memory | link; null: nothing is known
};

LeastTime least_time(const Work& work, double flop_per_s, double bytes_per_s, bool cold) {
  LeastTime least;
  if (work.flop > 0 && flop_per_s > 0) least = {work.flop / flop_per_s, "compute"};
  if (cold && work.moved_bytes > 0 && bytes_per_s > 0 &&
      work.moved_bytes / bytes_per_s > least.seconds) {
    least = {work.moved_bytes / bytes_per_s, "memory"};
  }
  return least;
}

}  // namespace

void add_metrics(const Work& work, const SpeedOfLight& light, Measurement& measurement) {
  const double median_s = measurement.samples ? measurement.samples->median_s : 0;
  if (median_s <= 0) return;
  if (work.flop > 0) {
    measurement.metrics["flop"] = work.flop;
    measurement.metrics["flop_per_s"] = work.flop / median_s;
  }
  if (work.moved_bytes > 0) {
    measurement.metrics["moved_bytes"] = work.moved_bytes;
    measurement.metrics["bytes_per_s"] = work.moved_bytes / median_s;
  }
  const bool is_linked = work.link_bytes_per_s.has_value();  // no cache is in the way of a link
  const bool cold = is_linked || measurement.series == Series::cold;
  const double memory = is_linked ? *work.link_bytes_per_s : light.memory_bytes_per_s.value_or(0);
  const std::string& dtype = measurement.id.dtype;
  LeastTime least = least_time(work, peak(light.flop_per_s, dtype), memory, cold);
  if (is_linked && least.bound) least.bound = "link";
  // Arithmetic of an unknown rate may be what bounds it: then memory alone is no speed of light.
  const bool rate_unknown = work.flop > 0 && peak(light.flop_per_s, dtype) == 0;
  if (!least.bound || (rate_unknown && !measurement.id.workload.starts_with("memory_"))) return;
  const double fraction = least.seconds / median_s;
  // Nothing goes at twice the speed of light: then the figure is no bound, and says nothing.
  if (fraction > kMostFraction) return;
  measurement.speed_of_light_fraction = fraction;
  measurement.extensions["speed_of_light_bound"] = least.bound;
}

void add_endurance(const Work& work, const Endurance& endurance, Measurement& measurement) {
  if (endurance.peak_s <= 0 || endurance.sustained_s <= 0) return;
  const bool computes = work.flop > 0;
  const double amount = computes ? work.flop : work.moved_bytes;
  if (amount <= 0) return;
  const char* unit = computes ? "_flop_per_s" : "_bytes_per_s";
  measurement.metrics[std::string("peak") + unit] = amount / endurance.peak_s;
  measurement.metrics[std::string("sustained") + unit] = amount / endurance.sustained_s;
}

}  // namespace assay
