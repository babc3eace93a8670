// The samples of one series in order, and their summary for the document.
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
  /// Longer than the oscillations of a power controller and than a usual series.
  static constexpr double kEndurance_s = 20;

  void add(SampleEntry entry, std::optional<double> clock_hz) {
    entries_.push_back(std::move(entry));
    if (clock_hz) clocks_hz_.push_back(*clock_hz);
  }
  /// Asks again about every sample, because readings after the last samples are now known too.
  void discard_by(DisturbanceLog& disturbances);

  std::int64_t kept() const;
  /// Summarises the samples that count, or all samples if none counts. The series is then invalid,
  /// as `discarded` shows, but not empty.
  Samples summary(const char* stop_reason) const;
  /// Each rank's own times in the samples that count; empty if only one rank took part.
  std::vector<RankSamples> ranks() const;
  /// Nothing for a series shorter than kEndurance_s. Discarded samples count too, because this
  /// looks for a device that slows down.
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
