// When a series has enough samples: stable, its noise stable, or out of time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "harness/core/profile.h"

namespace assay {

/// What one of several passes takes, of which `spent_s` has been spent and `passes` have ended:
/// its part of the samples and of the time, and what earlier ones have left of the longest time.
SamplingRule share_of_pass(const SamplingRule& rule, int passes, double spent_s);

/// NVBench's rule: at least min_samples and min_time_s, and then either the relative standard
/// deviation is small, or it no longer changes (its last 64 values, checked every 16 samples, vary
/// by less than 5 %) and the interval of the median is inside max_relative_interval. max_time_s
/// ends every series.
class StopRule {
 public:
  explicit StopRule(const SamplingRule& rule) : rule_(rule) {}

  /// Adds a sample that counts: its value (time of one iteration), and its length.
  void add(double value_s, double sample_s);
  /// Adds wall time spent on this series, including samples that do not count.
  void spend(double wall_s) { spent_s_ += wall_s; }

  /// `stable`, `noise_stable`, `max_time`, or null: continue.
  const char* reason() const;
  std::int64_t count() const { return count_; }
  double spent_s() const { return spent_s_; }

 private:
  bool has_minimum() const {
    return count_ >= rule_.min_samples && measured_s_ >= rule_.min_time_s;
  }
  double relative_stdev() const;
  bool is_narrow();

  static constexpr std::size_t kNoiseWindow = 64;
  static constexpr std::int64_t kNoiseStride = 16;
  static constexpr double kNoiseVariation = 0.05;

  SamplingRule rule_;
  std::int64_t count_ = 0;
  double measured_s_ = 0, spent_s_ = 0;
  double mean_ = 0, squares_ = 0;  // Welford's running mean and sum of squared differences
  std::array<double, kNoiseWindow> noise_{};
  std::int64_t noise_count_ = 0;
  bool noise_stable_ = false;
  std::vector<double> values_;
  std::size_t next_look_ = 0;  // at the interval, which takes sorting
  bool is_narrow_ = false;
};

}  // namespace assay
