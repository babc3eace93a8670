// The samples of one simulated case.
#include <algorithm>

#include "harness/core/pass_interval.h"
#include "harness/core/statistics.h"
#include "harness/simulate/parts.h"

namespace assay::simulate {

namespace {

constexpr std::size_t kMostValues = 256;  // that a document keeps
constexpr double kSlowLeast = 0.05, kSlowMost = 0.20;

double computing_s(const Bound& bound, double share) {
  return bound.flop > 0 && bound.flop_per_s > 0 ? bound.flop / (bound.flop_per_s * share) : 0;
}

double moving_s(const Bound& bound, double share) {
  const bool moves = bound.is_timed_by_bytes && bound.bytes > 0 && bound.bytes_per_s > 0;
  return moves ? bound.bytes / (bound.bytes_per_s * share) : 0;
}

void set_interval(const Interval& interval, Samples& samples) {
  samples.ci_low_s = interval.low;
  samples.ci_high_s = interval.high;
  samples.ci_level = interval.level;
}

void add_passes(const std::vector<double>& values, const std::vector<double>& pass_of, int passes,
                Samples& samples) {
  for (const double pass : thin(pass_of, kMostValues))
    samples.pass.push_back(static_cast<int>(pass));
  for (int pass = 0; pass < passes; ++pass) {
    std::vector<double> own;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (static_cast<int>(pass_of[i]) == pass) own.push_back(values[i]);
    samples.pass_medians_s.push_back(median(own));
  }
  set_interval(interval_between_passes(samples.pass_medians_s, median_interval(values)), samples);
}

}  // namespace

double Bound::least_s() const { return std::max(computing_s(*this, 1), moving_s(*this, 1)); }

double Bound::healthy_s() const {
  return kLaunchS + std::max(computing_s(*this, kComputeShare),
                             moving_s(*this, is_link ? kLinkShare : kMemoryShare));
}

const char* Bound::by() const {
  if (moving_s(*this, 1) <= computing_s(*this, 1)) return "compute";
  return is_link ? "link" : "memory";
}

Samples simulated_samples(const SeriesPlan& plan, Random& random) {
  std::vector<double> values, pass_of;
  values.reserve(static_cast<std::size_t>(plan.samples));
  for (std::int64_t i = 0; i < plan.samples; ++i) {
    double factor = 1 + plan.noise * random.normal();
    if (random.uniform() < plan.slow_share)
      factor *= 1 + kSlowLeast + (kSlowMost - kSlowLeast) * random.uniform();
    values.push_back(plan.median_s * std::max(factor, 0.5));
    pass_of.push_back(static_cast<double>(i * plan.passes / plan.samples));
  }
  Samples samples;
  samples.count = plan.samples;
  samples.values_s = thin(values, kMostValues);
  std::vector<double> in_order = values;
  std::sort(in_order.begin(), in_order.end());
  samples.median_s = median(in_order);
  samples.p5_s = quantile(in_order, 0.05);
  samples.p95_s = p95(in_order);
  samples.p99_s = p99(in_order);
  set_interval(median_interval(in_order), samples);
  samples.stop_reason = "stable";
  if (plan.passes > 1) add_passes(values, pass_of, plan.passes, samples);
  return samples;
}

void add_rates(const Bound& bound, Measurement& measurement) {
  const double median_s = measurement.samples->median_s;
  auto& metrics = measurement.metrics;
  if (bound.flop > 0) {
    metrics["flop"] = bound.flop;
    metrics["flop_per_s"] = bound.flop / median_s;
  }
  if (bound.bytes > 0) {
    metrics["moved_bytes"] = bound.bytes;
    metrics["bytes_per_s"] = bound.bytes / median_s;
  }
  if (measurement.series == Series::hot && bound.flop > 0) {
    metrics["peak_flop_per_s"] = bound.flop / measurement.samples->p5_s;
    metrics["sustained_flop_per_s"] = bound.flop / median_s;
  }
  const bool is_rate_known =
      bound.flop <= 0 || bound.flop_per_s > 0 || measurement.id.workload.starts_with("memory_");
  if (!is_rate_known || bound.least_s() <= 0) return;
  measurement.speed_of_light_fraction = bound.least_s() / median_s;
  measurement.extensions["speed_of_light_bound"] = bound.by();
}

Json telemetry_of(const GpuModel& gpu) {
  const auto steady = [](double value) {
    return Json{{"low", value}, {"median", value}, {"high", value}};
  };
  const double clock_hz = gpu.clock_mhz * 1e6;
  return {
      {"new_errors",
       {{"ecc_corrected", 0}, {"ecc_uncorrected", 0}, {"pcie_replays", 0}, {"remapped_rows", 0}}},
      {"clock_hz", steady(clock_hz)},
      {"power_w", steady(0.95 * gpu.power_w)},
      {"temperature_c", steady(60)},
      {"clock_event_fractions", {{"sw_power_cap", 0.6}}},
      {"readings", 20},
      {"iterations_per_sample", 8},
      {"operand_sets", 3},
      {"sample_clock_hz", steady(0.95 * clock_hz)}};
}

}  // namespace assay::simulate
