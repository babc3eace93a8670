// Others that contend with the measuring threads for the host's processors.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_times.h"
#include "harness/measure/disturbance.h"
#include "harness/measure/run_queue.h"

namespace assay {

/// Judges a sample by the waits of this process's threads and the quota of its control group while
/// it was taken, and by the use of the processors over a second and more around it. Reads in the
/// measuring thread, between samples: a thread of its own would take a processor from what is
/// measured. Reasons are those of discard_reason.h.
class HostContention final : public DisturbanceLog {
 public:
  using Clock = std::function<double()>;

  /// `clock` in seconds.
  HostContention(std::vector<int> processors, std::filesystem::path root, Clock clock);

  /// The share above which others contend; 1: nothing is contention.
  void set_limit(double limit) { limit_ = limit; }

  void before_sample() override;
  const char* after_sample(double begin_s, double end_s) override;
  const char* active(double begin_s, double end_s) override;

 private:
  struct Reading {
    double at_s = 0;
    CpuTimes times;
  };

  void read_when_due();
  const char* why_it_waited(double sample_s) const;

  // /proc/stat counts in ticks of 10 ms: over a second they are 1 % of a processor.
  static constexpr double kWindow_s = 1;
  static constexpr double kPeriod_s = 0.1;

  const std::vector<int> processors_;
  const std::filesystem::path root_;
  const Clock clock_;
  double limit_ = 1;
  std::vector<Reading> readings_;  // of the processors, in the order of time
  RunQueue queue_;
  std::map<int, QueueTimes> waits_before_;
  CgroupThrottling throttling_;
  std::optional<std::int64_t> throttled_before_;
};

}  // namespace assay
