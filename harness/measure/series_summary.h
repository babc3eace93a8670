// The samples of one series as they came, and what is said of them in the document.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "harness/core/result.h"
#include "harness/measure/sampler.h"

namespace assay {

struct SampleEntry {
  double value_s = 0;  // of one iteration
  double begin_s = 0, end_s = 0;
  std::uint32_t round = 0;
  const char* discarded = nullptr;   // why it does not count
  std::vector<double> ranks_s = {};  // of one iteration, by rank, where several take part
};

class SeriesRecord {
 public:
  /// Longer than a power controller's swings and a series of usual length.
  static constexpr double kEndurance_s = 20;

  void add(SampleEntry entry, std::optional<double> clock_hz) {
    entries_.push_back(std::move(entry));
    if (clock_hz) clocks_hz_.push_back(*clock_hz);
  }
  /// Asks again about every sample, now that what came after the last ones is known too.
  void discard_by(SlowdownLog& slowdowns);

  std::int64_t kept() const;
  /// Of the samples that count. When none does, of all: invalid, as `discarded` shows, not empty.
  Samples summary(const char* stop_reason) const;
  /// Each rank's own times in the samples that count; none where one rank took them alone.
  std::vector<RankSamples> ranks() const;
  /// Nothing for a series shorter than kEndurance_s. Samples that are discarded count too: a device
  /// that slows down is what this looks for.
  std::optional<Endurance> endurance() const;
  const std::vector<double>& clocks_hz() const { return clocks_hz_; }
  const std::vector<SampleEntry>& entries() const { return entries_; }

 private:
  std::vector<SampleEntry> entries_;
  std::vector<double> clocks_hz_;
};

/// The median of ratios over blocks of two rounds (A B B A), in which a linear drift cancels.
std::optional<PairedRatio> paired_ratio(const SeriesRecord& first, const SeriesRecord& other);

}  // namespace assay
