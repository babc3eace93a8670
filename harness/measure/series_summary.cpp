// Order statistics of a series, discards counted by reason, and ratios of paired samples.
#include "harness/measure/series_summary.h"

#include <algorithm>

#include "harness/core/pass_interval.h"

namespace assay {

namespace {

constexpr std::size_t kMostValues = 256;  // what the result document holds

/// The sum of the two samples of rounds 2b and 2b+1, at index b; 0 where one is missing.
std::vector<double> block_sums(const SeriesRecord& record) {
  std::vector<double> sums;
  const auto& entries = record.entries();
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
    const SampleEntry &a = entries[i], &b = entries[i + 1];
    if (a.round % 2 != 0 || b.round != a.round + 1 || a.discarded || b.discarded) continue;
    const std::size_t block = a.round / 2;
    if (sums.size() <= block) sums.resize(block + 1, 0.0);
    sums[block] = a.value_s + b.value_s;
  }
  return sums;
}

/// The samples of a series by pass, in the order of time.
class Passes {
 public:
  void add(int pass, double value_s) {
    if (by_pass_.empty() || pass != last_) by_pass_.emplace_back();
    last_ = pass;
    by_pass_.back().push_back(value_s);
    numbers_.push_back(static_cast<double>(by_pass_.size() - 1));
  }
  std::size_t count() const { return by_pass_.size(); }

  std::vector<double> medians() const {
    std::vector<double> medians;
    for (const std::vector<double>& values : by_pass_) medians.push_back(median(values));
    return medians;
  }
  /// The pass of each of the values that are left of the series when it is thinned.
  std::vector<int> thinned() const {
    const std::vector<double> numbers = thin(numbers_, kMostValues);
    return {numbers.begin(), numbers.end()};
  }

 private:
  std::vector<std::vector<double>> by_pass_;
  std::vector<double> numbers_;  // of each sample's pass
  int last_ = 0;
};

}  // namespace

void SeriesRecord::discard_by(DisturbanceLog& disturbances) {
  for (SampleEntry& entry : entries_) {
    if (!entry.discarded) entry.discarded = disturbances.active(entry.begin_s, entry.end_s);
  }
}

std::int64_t SeriesRecord::kept() const {
  return std::count_if(entries_.begin(), entries_.end(),
                       [](const SampleEntry& entry) { return !entry.discarded; });
}

std::uint32_t SeriesRecord::next_round() const {
  return entries_.empty() ? 0 : (entries_.back().round / 2 + 1) * 2;
}

Samples SeriesRecord::summary(const char* stop_reason) const {
  const bool none_kept = kept() == 0;
  Samples samples;
  std::vector<double> values;
  Passes passes;
  for (const SampleEntry& entry : entries_) {
    if (entry.discarded) {
      ++samples.discarded;
      ++samples.discard_reasons[entry.discarded];
    }
    if (entry.discarded && !none_kept) continue;
    values.push_back(entry.value_s);
    passes.add(entry.pass, entry.value_s);
  }
  samples.count = static_cast<std::int64_t>(values.size());
  samples.median_s = median(values);
  samples.p5_s = quantile(values, 0.05);
  samples.p95_s = p95(values);
  samples.p99_s = p99(values);
  samples.stop_reason = stop_reason;
  samples.values_s = thin(values, kMostValues);
  if (passes.count() > 1) {
    samples.pass = passes.thinned();
    samples.pass_medians_s = passes.medians();
  }
  const Interval interval =
      interval_between_passes(samples.pass_medians_s, median_interval(values));
  samples.ci_low_s = interval.low;
  samples.ci_high_s = interval.high;
  samples.ci_level = interval.level;
  return samples;
}

std::vector<RankSamples> SeriesRecord::ranks() const {
  std::vector<std::vector<double>> times;
  for (const SampleEntry& entry : entries_) {
    if (entry.discarded) continue;
    times.resize(entry.ranks_s.size());
    for (std::size_t rank = 0; rank < times.size(); ++rank)
      times[rank].push_back(entry.ranks_s[rank]);
  }
  std::vector<RankSamples> ranks;
  for (const std::vector<double>& own : times)
    ranks.push_back({static_cast<int>(ranks.size()), median(own), p99(own)});
  return ranks;
}

std::optional<Endurance> SeriesRecord::endurance() const {
  if (entries_.empty()) return std::nullopt;
  const auto first = std::find_if(entries_.begin(), entries_.end(), [&](const SampleEntry& entry) {
    return entry.pass == entries_.back().pass;
  });
  const double begin_s = first->begin_s, end_s = entries_.back().end_s;
  const double length_s = end_s - begin_s;
  if (length_s < kEndurance_s) return std::nullopt;
  std::vector<double> early, late;
  for (auto entry = first; entry != entries_.end(); ++entry) {
    if (entry->begin_s < begin_s + length_s / 10) early.push_back(entry->value_s);
    if (entry->end_s > end_s - length_s / 3) late.push_back(entry->value_s);
  }
  return Endurance{quantile(early, 0.05), median(late)};
}

std::optional<PairedRatio> paired_ratio(const SeriesRecord& first, const SeriesRecord& other) {
  const std::vector<double> bases = block_sums(first);
  std::vector<double> sums = block_sums(other);
  sums.resize(bases.size());
  std::vector<double> ratios;
  for (std::size_t block = 0; block < bases.size(); ++block) {
    if (bases[block] > 0 && sums[block] > 0) ratios.push_back(sums[block] / bases[block]);
  }
  if (ratios.empty()) return std::nullopt;
  return PairedRatio{median(ratios), median_interval(ratios),
                     static_cast<std::int64_t>(ratios.size())};
}

}  // namespace assay
