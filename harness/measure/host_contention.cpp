// Windows over /proc/stat, and what a sample's own threads waited.
#include "harness/measure/host_contention.h"

#include <algorithm>

#include "harness/core/discard_reason.h"

namespace assay {

HostContention::HostContention(std::vector<int> processors, std::filesystem::path root, Clock clock)
    : processors_(std::move(processors)),
      root_(std::move(root)),
      clock_(std::move(clock)),
      queue_(root_),
      throttling_(root_) {
  read_when_due();
}

void HostContention::read_when_due() {
  const double now_s = clock_();
  if (!readings_.empty() && now_s < readings_.back().at_s + kPeriod_s) return;
  queue_.look_for_threads();
  if (const auto times = read_cpu_times(processors_, root_)) readings_.push_back({now_s, *times});
}

void HostContention::before_sample() {
  if (limit_ >= 1) return;
  read_when_due();
  waits_before_ = queue_.read();
  throttled_before_ = throttling_.count();
}

const char* HostContention::after_sample(double begin_s, double end_s) {
  if (limit_ >= 1) return nullptr;
  const char* waited = why_it_waited(end_s - begin_s);
  read_when_due();
  return waited ? waited : active(begin_s, end_s);
}

const char* HostContention::why_it_waited(double sample_s) const {
  if (throttling_.count() != throttled_before_) return discard_reason::kCpuThrottled;
  const bool waited = longest_wait_s(waits_before_, queue_.read()) > limit_ * sample_s;
  return waited ? discard_reason::kCpuWait : nullptr;
}

const char* HostContention::active(double begin_s, double end_s) {
  if (limit_ >= 1 || readings_.empty()) return nullptr;
  const auto earlier = [](const Reading& reading, double time_s) { return reading.at_s < time_s; };
  auto last = std::lower_bound(readings_.begin(), readings_.end(), end_s, earlier);
  if (last == readings_.end()) --last;  // nothing was read since: what is known until then
  auto first = std::lower_bound(readings_.begin(), last, begin_s, earlier);
  if (first != readings_.begin() && first->at_s > begin_s) --first;
  while (last->at_s - first->at_s < kWindow_s && first != readings_.begin()) --first;
  while (last->at_s - first->at_s < kWindow_s && last + 1 != readings_.end()) ++last;
  if (last->at_s - first->at_s < kWindow_s) return nullptr;  // too early to say
  const CpuShares shares = cpu_shares(first->times, last->times);
  if (shares.other > limit_) return discard_reason::kCpuContention;
  return shares.steal > limit_ ? discard_reason::kCpuSteal : nullptr;
}

}  // namespace assay
