// The stopping rule, in constant time a sample.
#include "harness/measure/stop_rule.h"

#include <algorithm>
#include <cmath>

#include "harness/core/statistics.h"

namespace assay {

SamplingRule share_of_pass(const SamplingRule& rule, int passes, double spent_s) {
  SamplingRule share = rule;
  share.min_samples = (rule.min_samples + rule.passes - 1) / rule.passes;
  share.min_time_s = rule.min_time_s / rule.passes;
  share.max_time_s = (rule.max_time_s - spent_s) / std::max(1, rule.passes - passes);
  return share;
}

void StopRule::add(double value_s, double sample_s) {
  ++count_;
  values_.push_back(value_s);
  measured_s_ += sample_s;
  const double difference = value_s - mean_;
  mean_ += difference / static_cast<double>(count_);
  squares_ += difference * (value_s - mean_);
  if (!has_minimum()) return;
  noise_[static_cast<std::size_t>(noise_count_++) % kNoiseWindow] = relative_stdev();
  if (noise_count_ >= static_cast<std::int64_t>(kNoiseWindow) && noise_count_ % kNoiseStride == 0) {
    noise_stable_ = assay::relative_stdev(noise_) < kNoiseVariation && is_narrow();
  }
}

bool StopRule::is_narrow() {
  if (values_.size() < next_look_) return is_narrow_;
  next_look_ = values_.size() + values_.size() / 8;
  const Interval interval = median_interval(values_);
  is_narrow_ = interval.high - interval.low <= rule_.max_relative_interval * median(values_);
  return is_narrow_;
}

double StopRule::relative_stdev() const {
  if (count_ < 2 || mean_ <= 0) return 0;
  return std::sqrt(squares_ / static_cast<double>(count_ - 1)) / mean_;
}

const char* StopRule::reason() const {
  if (has_minimum()) {
    // One sample has no spread: that is ignorance, not stability.
    if (count_ >= 2 && relative_stdev() < rule_.rel_stdev) return "stable";
    if (noise_stable_) return "noise_stable";
  }
  if (spent_s_ >= rule_.max_time_s) return "max_time";
  return nullptr;
}

}  // namespace assay
