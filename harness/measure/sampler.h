// Times the implementations of one group in alternation, so that drift hits them alike.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/profile.h"
#include "harness/core/result.h"
#include "harness/core/statistics.h"
#include "harness/measure/disturbance.h"
#include "harness/measure/timer.h"

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

/// The outcome of one case's series.
struct SeriesOutcome {
  std::string error;                   // not empty: it ended the series, which has no samples
  std::optional<Samples> samples;      // absent too when an interruption came too early
  std::optional<PairedRatio> ratio;    // absent for the first, and where pairs are missing
  std::optional<Endurance> endurance;  // of a long enough series
  std::vector<double> clocks_hz;       // of the samples whose clock was read
  std::vector<RankSamples> ranks;      // where several take part
  std::size_t iterations_per_sample = 0;
  double discarded_fraction = 0;  // of the samples taken
};

struct SamplerInput {
  Timer& timer;
  std::span<TimedCase* const> cases;
  Series series = Series::cold;
  SamplingRule rule;
  DisturbanceLog* disturbances = nullptr;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(std::size_t)> on_sample = {};  // before each, with the case's index
};

/// Warms up, calibrates each case's sample length, then samples A B B A … until every case's own
/// rule is met. Operand sets rotate over the whole group, so that no case finds in the cache what
/// another has just touched. One outcome a case, in order.
std::vector<SeriesOutcome> sample_group(const SamplerInput& input);

}  // namespace assay
