// Order statistics from the values, rates from the case and the median.
#include "harness/core/case_work.h"
#include "harness/core/consistency_part.h"
#include "harness/core/pass_interval.h"
#include "harness/core/statistics.h"
#include "harness/core/work.h"
#include "harness/core/workload.h"

namespace assay::consistency {

namespace {

constexpr std::size_t kMostValues = 256;  // that a document holds of a series

void check_counts(const Samples& samples, const Part& part) {
  const std::size_t kept =
      std::min<std::size_t>(kMostValues, static_cast<std::size_t>(samples.count));
  part.require(samples.values_s.size() == kept, "count", samples.count, [&] {
    return fmt::format("values_s has {} values of the {} that such a series keeps",
                       samples.values_s.size(), kept);
  });
  std::int64_t discarded = 0;
  for (const auto& [reason, number] : samples.discard_reasons) discarded += number;
  part.require(discarded == samples.discarded, "discarded", samples.discarded,
               [&] { return fmt::format("discard_reasons add up to {}", discarded); });
}

/// Once for all the quantiles that are asked of them.
std::vector<double> sorted(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values;
}

/// The values of one pass, sorted.
struct Pass {
  int number;
  std::vector<double> values;
};

/// In the order of their numbers; none where the document does not say.
std::vector<Pass> passes_of(const Samples& samples) {
  std::vector<Pass> passes;
  Pass* last = nullptr;
  for (std::size_t i = 0; i < samples.pass.size(); ++i) {
    const int number = samples.pass[i];
    if (last == nullptr || last->number != number) {  // a pass's values mostly stand together
      const auto place =
          std::lower_bound(passes.begin(), passes.end(), number,
                           [](const Pass& one, int wanted) { return one.number < wanted; });
      const bool is_known = place != passes.end() && place->number == number;
      last = &*(is_known ? place : passes.insert(place, Pass{number, {}}));
      last->values.reserve(samples.values_s.size());
    }
    last->values.push_back(samples.values_s[i]);
  }
  for (Pass& pass : passes) std::sort(pass.values.begin(), pass.values.end());
  return passes;
}

/// All values, sorted.
std::vector<double> merged(const std::vector<Pass>& passes, const Samples& samples) {
  if (passes.empty()) return sorted(samples.values_s);
  std::vector<double> all;
  all.reserve(samples.values_s.size());
  for (const Pass& pass : passes) {
    const auto before = static_cast<std::ptrdiff_t>(all.size());
    all.insert(all.end(), pass.values.begin(), pass.values.end());
    std::inplace_merge(all.begin(), all.begin() + before, all.end());
  }
  return all;
}

/// Every value is there: a pass has the median of its own.
void check_passes(const Samples& samples, const std::vector<Pass>& passes, const Part& part) {
  if (passes.size() != samples.pass_medians_s.size())
    part.refuse("pass_medians_s", fmt::format("a list of {}", samples.pass_medians_s.size()),
                fmt::format("pass names {} passes", passes.size()));
  for (const Pass& pass : passes) {
    const double stated = samples.pass_medians_s.at(static_cast<std::size_t>(pass.number));
    const double derived = median(pass.values);
    if (!agree(stated, derived))
      part.equal(fmt::format("pass_medians_s/{}", pass.number), stated, derived,
                 "values_s of that pass");
  }
}

/// Every value is there: the order statistics are what they give.
void check_whole_series(const Samples& samples, const Part& part) {
  const std::vector<Pass> passes = passes_of(samples);
  const std::vector<double> values = merged(passes, samples);
  constexpr const char* kFrom = "values_s";
  part.equal("median_s", samples.median_s, median(values), kFrom);
  part.equal("p5_s", samples.p5_s, quantile(values, 0.05), kFrom);
  part.equal("p95_s", samples.p95_s, p95(values), kFrom);
  check_passes(samples, passes, part);
  const Interval interval =
      interval_between_passes(samples.pass_medians_s, median_interval(values));
  part.equal("ci_low_s", samples.ci_low_s, interval.low, kFrom);
  part.equal("ci_high_s", samples.ci_high_s, interval.high, kFrom);
  part.equal("ci_level", samples.ci_level, interval.level, kFrom);
}

/// 256 values of more, evenly in time: a quantile of all is near that of those kept. In 256 values
/// the rank of a median has a standard deviation of 8, so that a quarter of them is eight.
void check_thinned_series(const Samples& samples, const Part& part) {
  const std::vector<double> values = sorted(samples.values_s);
  const auto at = [&](double p) { return quantile(values, std::clamp(p, 0.0, 1.0)); };
  part.within("median_s", samples.median_s, at(0.25), at(0.75), "the middle half of values_s");
  part.within("p5_s", samples.p5_s, at(0), at(0.2), "the lowest fifth of values_s");
  if (!samples.p95_s) part.refuse("p95_s", "absent", "so many samples give one");
  part.within("p95_s", *samples.p95_s, at(0.8), at(1), "the highest fifth of values_s");
  const bool has_passes = samples.pass_medians_s.size() > 1;
  const Interval between = interval_between_passes(
      samples.pass_medians_s, {samples.median_s, samples.median_s, samples.ci_level});
  constexpr const char* kFrom = "what values_s and the passes allow";
  part.within("ci_low_s", samples.ci_low_s, std::min(at(0.05), between.low),
              has_passes ? between.low : at(0.75), kFrom);
  part.within("ci_high_s", samples.ci_high_s, has_passes ? between.high : at(0.25),
              std::max(at(0.95), between.high), kFrom);
  part.equal("ci_level", samples.ci_level,
             median_interval_level(static_cast<std::size_t>(samples.count)), "count");
}

/// Passes follow each other.
void check_order_of_passes(const Samples& samples, const Part& part) {
  const auto fall = std::is_sorted_until(samples.pass.begin(), samples.pass.end());
  if (fall == samples.pass.end()) return;
  part.refuse(fmt::format("pass/{}", fall - samples.pass.begin()), std::to_string(*fall),
              fmt::format("pass {} stands before it", *std::prev(fall)));
}

void check_samples(const Samples& samples, const Part& part) {
  check_counts(samples, part);
  check_order_of_passes(samples, part);
  if (samples.values_s.size() == static_cast<std::size_t>(samples.count))
    check_whole_series(samples, part);
  else
    check_thinned_series(samples, part);
  constexpr std::int64_t kSamplesForP99 = 500;
  if (samples.p99_s.has_value() != (samples.count >= kSamplesForP99))
    part.refuse("p99_s", samples.p99_s ? fmt::format("{:.7g}", *samples.p99_s) : "absent",
                fmt::format("{} samples are on the other side of the {} that it needs",
                            samples.count, kSamplesForP99));
  if (samples.p99_s && samples.p95_s && *samples.p99_s < *samples.p95_s)
    part.refuse("p99_s", fmt::format("{:.7g}", *samples.p99_s),
                fmt::format("p95_s is {:.7g}", *samples.p95_s));
}

std::optional<double> metric(const Measurement& measurement, std::string_view name) {
  for (const auto& [key, value] : measurement.metrics)  // a few
    if (key == name) return value;
  return std::nullopt;
}

/// The bytes that a rate counts: of memory or a link, or of a collective's whole array.
std::optional<double> counted_bytes(const Measurement& measurement) {
  const Shape& shape = measurement.id.shape;
  if (!spans_ranks(measurement.id.workload)) return metric(measurement, "moved_bytes");
  return shape.has("bytes") ? std::optional(static_cast<double>(shape.at("bytes"))) : std::nullopt;
}

std::optional<double> bus_bandwidth(const Measurement& measurement) {
  const Shape& shape = measurement.id.shape;
  const auto rate = metric(measurement, "bytes_per_s");
  const std::int64_t ranks = shape.has("ranks") ? shape.at("ranks") : 1;
  const auto factor = bus_factor_of(measurement.id.workload, ranks);
  return rate && factor && ranks > 1 ? std::optional(*rate * *factor) : std::nullopt;
}

std::optional<double> rank_spread(const std::vector<RankSamples>& ranks) {
  if (ranks.empty()) return std::nullopt;
  std::vector<double> medians;
  for (const RankSamples& rank : ranks) medians.push_back(rank.median_s);
  const auto [fastest, slowest] = std::minmax_element(medians.begin(), medians.end());
  return (*slowest - *fastest) / median(medians);
}

/// Where one group has all rows, the others' B is not needed.
CaseId without_groups(CaseId id) {
  Shape shape;
  for (const Shape::Entry& entry : id.shape.entries())
    if (entry.key != "g") shape.add(entry.key, entry.value);
  id.shape = std::move(shape);
  return id;
}

/// Operands and results once. A product may read its result too, some groups may have no rows, and
/// the host computes in arrays of f32.
void check_moved_by_arrays(const CaseId& id, const Part& part, double moved_bytes) {
  const bool is_product = id.workload == "gemm";
  if (!is_product && !id.workload.starts_with("attention_")) return;
  const std::optional<Work> work = work_of(id);
  if (!work) return;
  if (!is_product) return part.equal("moved_bytes", moved_bytes, work->moved_bytes, "the shape");
  const bool is_host = id.implementation == "openblas" || id.implementation == "blocked";
  const double times = is_host || id.implementation.ends_with("alpha_beta") ? 2 : 1;
  const double least =
      id.shape.has("g") ? work_of(without_groups(id))->moved_bytes : work->moved_bytes;
  part.within("moved_bytes", moved_bytes, least, times * work->moved_bytes, "what the shape moves");
}

void check_rates(const Measurement& measurement, const Part& part) {
  const Samples& samples = *measurement.samples;
  const CaseId& id = measurement.id;
  const auto per_median = [&](std::optional<double> amount) {
    return amount ? std::optional(*amount / samples.median_s) : std::nullopt;
  };
  const bool whole = samples.values_s.size() == static_cast<std::size_t>(samples.count);
  const auto bytes = counted_bytes(measurement);
  const auto flop = flop_of(id);
  const bool between_ranks = spans_ranks(id.workload);
  const double fastest_s = *std::min_element(samples.values_s.begin(), samples.values_s.end());
  struct Derived {
    const char* metric;
    std::optional<double> value;
    const char* from;
    bool is_required = true;
  };
  for (const Derived& one : {
           Derived{"flop", flop && *flop > 0 ? flop : std::nullopt, "the shape"},
           Derived{"flop_per_s", per_median(metric(measurement, "flop")), "flop / median_s"},
           Derived{"moved_bytes", moved_bytes_of(id), "the shape"},
           // Between ranks a rate that the schema has no number for is left out.
           Derived{"bytes_per_s", per_median(bytes), "bytes / median_s", !between_ranks},
           Derived{"bus_bandwidth_bytes_per_s", bus_bandwidth(measurement), "the bus factor"},
           Derived{"fastest_bytes_per_s",
                   whole && id.workload == "pair" && bytes ? std::optional(*bytes / fastest_s)
                                                           : std::nullopt,
                   "the fastest of values_s"},
           Derived{"rank_spread", rank_spread(measurement.ranks), "ranks"},
       }) {
    const auto stated = metric(measurement, one.metric);
    if (stated ? one.value.has_value() : one.value && one.is_required)
      part.equal(one.metric, stated, one.value, one.from);
  }
  if (const auto moved = metric(measurement, "moved_bytes"))
    check_moved_by_arrays(id, part, *moved);
  if (const auto stated = metric(measurement, "p99_over_median"))
    part.equal("p99_over_median", stated, per_median(samples.p99_s), "p99_s / median_s");
}

/// Of the last pass, in the order of time.
std::vector<double> values_of_last_pass(const Samples& samples) {
  if (samples.pass.empty()) return samples.values_s;
  const auto first = std::find(samples.pass.begin(), samples.pass.end(), samples.pass.back());
  return {samples.values_s.begin() + (first - samples.pass.begin()), samples.values_s.end()};
}

/// What a long series keeps of its rate: the 5th percentile of its first tenth in time, and the
/// median of its last third. Values have no times, and not all are kept: the peak is not under what
/// most of the first values give, and nothing sustained is faster than the last ones.
void check_endurance(const Measurement& measurement, double amount, const std::string& unit,
                     const Part& part) {
  const auto peak = metric(measurement, "peak_" + unit);
  const auto sustained = metric(measurement, "sustained_" + unit);
  if (!peak && !sustained) return;
  constexpr std::size_t kFew = 12;  // of which one alone may be the first tenth
  const std::vector<double> values = values_of_last_pass(*measurement.samples);
  const std::size_t count = values.size();
  const auto at = [&](std::size_t i) { return values.begin() + static_cast<std::ptrdiff_t>(i); };
  const std::vector<double> first =
      sorted({values.begin(), at(std::min(count, std::max<std::size_t>(4, count / 8)))});
  const double least = amount / quantile(first, first.size() < kFew ? 1 : 0.75);
  const double most = amount / *std::min_element(at(count * 3 / 5), values.end());
  // A sample that is discarded is not among the values, and counts here.
  if (peak && measurement.samples->discarded == 0 && *peak * (1 + kRounding) < least)
    part.refuse("peak_" + unit, fmt::format("{:.7g}", *peak),
                fmt::format("the first of values_s give {:.7g} or more", least));
  if (sustained && *sustained > most * (1 + kRounding))
    part.refuse("sustained_" + unit, fmt::format("{:.7g}", *sustained),
                fmt::format("the last of values_s give {:.7g} or less", most));
}

}  // namespace

void check_reported(const Measurement& measurement, const Part& measured) {
  if (!spans_ranks(measurement.id.workload)) return;
  const Part part = measured.at("metrics");
  const auto time_s = metric(measurement, "time_s"), rate = metric(measurement, "bytes_per_s");
  const auto bytes = counted_bytes(measurement);
  constexpr double kRoundedBy = 1e-3;  // as tools print them
  const auto near = [&](const char* name, double stated, double derived, const char* from) {
    part.within(name, stated, derived * (1 - kRoundedBy), derived * (1 + kRoundedBy), from);
  };
  if (rate && time_s && bytes)
    near("bytes_per_s", *rate, *bytes / *time_s, "what bytes / time_s gives");
  const auto bus = metric(measurement, "bus_bandwidth_bytes_per_s");
  const auto derived = bus_bandwidth(measurement);
  if (bus && derived)
    near("bus_bandwidth_bytes_per_s", *bus, *derived, "what the bus factor gives");
}

void check_series(const Measurement& measurement, const Part& part) {
  check_samples(*measurement.samples, part.at("samples"));
  check_rates(measurement, part.at("metrics"));
  for (const auto& [amount, unit] :
       {std::pair{"flop", "flop_per_s"}, std::pair{"moved_bytes", "bytes_per_s"}})
    if (const auto stated = metric(measurement, amount))
      check_endurance(measurement, *stated, unit, part.at("metrics"));
}

}  // namespace assay::consistency
