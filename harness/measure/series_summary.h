// The samples of one series in order, and their summary for the document.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "harness/core/result.h"
#include "harness/core/statistics.h"
#include "harness/measure/disturbance.h"

namespace assay {

/// One implementation's time over the first's, from pairs of samples taken next to each other in
/// time.
struct PairedRatio {
  double value = 0;
  Interval interval;
  std::int64_t pairs = 0;
};

/// Peak and sustained times of one iteration in a long series.
struct Endurance {
  double peak_s = 0;       // of the best samples in the first tenth
  double sustained_s = 0;  // median of the last third
};

struct SampleEntry {
  double value_s = 0;  // of one iteration
  double begin_s = 0, end_s = 0;
  std::uint32_t round = 0;
  const char* discarded = nullptr;   // why it does not count
  std::vector<double> ranks_s = {};  // of one iteration, by rank, where several take part
  int pass = 0;
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
  /// as `discarded` shows, but not empty. Passes are numbered among those that have such samples.
  Samples summary(const char* stop_reason) const;
  /// Each rank's own times in the samples that count; empty if only one rank took part.
  std::vector<RankSamples> ranks() const;
  /// Of the last pass; nothing for one shorter than kEndurance_s. Discarded samples count too,
  /// because this looks for a device that slows down.
  std::optional<Endurance> endurance() const;
  const std::vector<double>& clocks_hz() const { return clocks_hz_; }
  const std::vector<SampleEntry>& entries() const { return entries_; }
  /// The even number from which the rounds of the next pass are counted.
  std::uint32_t next_round() const;

 private:
  std::vector<SampleEntry> entries_;
  std::vector<double> clocks_hz_;
};

/// The median of ratios over blocks of two rounds (A B B A), in which a linear drift cancels.
std::optional<PairedRatio> paired_ratio(const SeriesRecord& first, const SeriesRecord& other);

}  // namespace assay
