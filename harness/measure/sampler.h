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
#include "harness/measure/disturbance.h"
#include "harness/measure/series_summary.h"
#include "harness/measure/timer.h"

namespace assay {

class Device;

/// One case's series over the passes that it has had; begins empty.
struct SeriesSoFar {
  SeriesRecord record;
  int passes = 0;                     // that ended by themselves
  const char* stop_reason = nullptr;  // of the pass that was the least settled
  double spent_s = 0;
  std::size_t iterations = 1;  // in a sample
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
  /// When a case has ended its pass or failed while others go on, with its index and the outcome
  /// as it is known then.
  std::function<void(std::size_t, const SeriesOutcome&)> on_end = {};
  /// One a case; empty: none has had a pass yet, and this is the only one that counts.
  std::span<SeriesSoFar* const> so_far = {};
  Device* device = nullptr;  // asked, when a case fails, whether the others can go on
};

/// One pass: warms up, calibrates each case's sample length, then samples A B B A … until every
/// case's own rule is met for its share of the series. Operand sets rotate over the whole group, so
/// that no case finds in the cache what another has just touched. One outcome a case, in order, of
/// all passes so far; until the rule's last pass has ended they are `interrupted`.
std::vector<SeriesOutcome> sample_group(const SamplerInput& input);

}  // namespace assay
