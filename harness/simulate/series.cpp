// The samples of one simulated case.
#include <algorithm>
#include <array>
#include <numeric>

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

/// The order of numbers of which most lie within `reach` of the middle: first into places between,
/// then by the few steps that are left. A sort that compares takes three times as long.
void sort_about(double middle, double reach, SeriesMemory& memory) {
  constexpr std::size_t kPlaces = 128;
  const std::vector<double>& values = memory.values;
  std::vector<int>& order = memory.order;
  order.resize(values.size());
  memory.places.resize(values.size());
  std::array<std::size_t, kPlaces + 1> begin{};
  const double a_unit = static_cast<double>(kPlaces) / (2 * reach);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double place = (values[i] - (middle - reach)) * a_unit;
    memory.places[i] = static_cast<int>(std::clamp(place, 0.0, double{kPlaces - 1}));
    ++begin[static_cast<std::size_t>(memory.places[i]) + 1];
  }
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  const auto value_of = [&](int one) { return values[static_cast<std::size_t>(one)]; };
  for (std::size_t i = 0; i < values.size(); ++i)
    order[begin[static_cast<std::size_t>(memory.places[i])]++] = static_cast<int>(i);
  for (std::size_t i = 1; i < order.size(); ++i) {
    const int one = order[i];
    std::size_t at = i;
    for (; at > 0 && value_of(order[at - 1]) > value_of(one); --at) order[at] = order[at - 1];
    order[at] = one;
  }
}

void put_in_order(const SeriesPlan& plan, SeriesMemory& memory) {
  const std::vector<double>& values = memory.values;
  const auto value_of = [&](int one) { return values[static_cast<std::size_t>(one)]; };
  if (const double reach = 4 * plan.noise * plan.median_s; reach > 0) {
    sort_about(plan.median_s, reach, memory);
  } else {
    memory.order.resize(values.size());
    std::iota(memory.order.begin(), memory.order.end(), 0);
    std::sort(memory.order.begin(), memory.order.end(),
              [&](int one, int other) { return value_of(one) < value_of(other); });
  }
  memory.in_order.clear();
  for (const int one : memory.order) memory.in_order.push_back(value_of(one));
}

/// The samples of a pass stand together.
void note_passes(const SeriesPlan& plan, SeriesMemory& memory) {
  const auto count = static_cast<std::size_t>(plan.samples);
  if (memory.pass_of.size() == count && memory.pass_of.back() == plan.passes - 1) return;
  memory.pass_of.clear();
  for (std::int64_t i = 0; i < plan.samples; ++i)
    memory.pass_of.push_back(static_cast<int>(i * plan.passes / plan.samples));
}

void meet(double value, PassMedian& pass) {
  if (pass.seen == (pass.count - 1) / 2) pass.low = value;
  if (pass.seen == pass.count / 2) pass.median_s = pass.low + 0.5 * (value - pass.low);
  ++pass.seen;
}

/// One walk through all values in order finds the medians of all passes.
void add_passes(const SeriesPlan& plan, const Interval& within, SeriesMemory& memory,
                Samples& samples) {
  std::vector<PassMedian>& passes = memory.passes;
  passes.assign(static_cast<std::size_t>(plan.passes), {});
  const auto pass_of = [&](int one) -> PassMedian& {
    return passes[static_cast<std::size_t>(memory.pass_of[static_cast<std::size_t>(one)])];
  };
  for (const int one : memory.order) ++pass_of(one).count;
  for (std::size_t i = 0; i < memory.order.size(); ++i)
    meet(memory.in_order[i], pass_of(memory.order[i]));
  samples.pass_medians_s.clear();
  for (const PassMedian& pass : passes) samples.pass_medians_s.push_back(pass.median_s);
  set_interval(interval_between_passes(samples.pass_medians_s, within), samples);
}
}  // namespace

double Bound::least_s() const { return std::max(computing_s(*this, 1), moving_s(*this, 1)); }

double Bound::healthy_s() const {
  return kLaunchS + std::max(computing_s(*this, kComputeShare),
                             moving_s(*this, is_link ? kLinkShare : kMemoryShare));
}

std::string Bound::known_by(const std::string& workload) const {
  if (flop > 0 && flop_per_s <= 0 && !workload.starts_with("memory_")) return "";
  if (least_s() <= 0) return "";
  if (moving_s(*this, 1) <= computing_s(*this, 1)) return "compute";
  return is_link ? "link" : "memory";
}

void simulate_samples(const SeriesPlan& plan, Random& random, SeriesMemory& memory,
                      Samples& samples) {
  const auto count = static_cast<std::size_t>(plan.samples);
  std::vector<double>& values = memory.values;
  const std::vector<double>& in_order = memory.in_order;
  values.resize(count);
  for (double& value : values) {
    double factor = 1 + plan.noise * random.normal();
    if (random.uniform() < plan.slow_share)
      factor *= 1 + kSlowLeast + (kSlowMost - kSlowLeast) * random.uniform();
    value = plan.median_s * std::max(factor, 0.5);
  }
  put_in_order(plan, memory);
  const bool is_new = samples.count != plan.samples;
  samples.count = plan.samples;
  samples.values_s.resize(std::min(count, kMostValues));
  if (count <= kMostValues)
    std::copy(values.begin(), values.end(), samples.values_s.begin());
  else
    samples.values_s = thin(values, kMostValues);
  samples.median_s = median(in_order);
  samples.p5_s = quantile(in_order, 0.05);
  samples.p95_s = p95(in_order);
  samples.p99_s = p99(in_order);
  const Interval within = median_interval(in_order);
  set_interval(within, samples);
  samples.stop_reason = "stable";
  if (plan.passes <= 1) return;
  note_passes(plan, memory);
  add_passes(plan, within, memory, samples);
  if (!is_new && !samples.pass.empty()) return;
  const std::vector<double> pass_of(memory.pass_of.begin(), memory.pass_of.end());
  const std::vector<double> kept = thin(pass_of, kMostValues);
  samples.pass.assign(kept.begin(), kept.end());
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
  if (!bound.known_by(measurement.id.workload).empty())
    measurement.speed_of_light_fraction = bound.least_s() / median_s;
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
