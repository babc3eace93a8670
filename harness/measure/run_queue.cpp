// /proc/self/task/*/schedstat.
#include "harness/measure/run_queue.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <system_error>

namespace assay {

namespace fs = std::filesystem;

namespace {

// An interrupt between processors, and in a guest the entry of a halted one, take tens of
// microseconds; a processor that another process holds is given back after 0.7 ms and more
// (sched_min_granularity, base_slice_ns).
constexpr double kWakeUp_s = 100e-6;

}  // namespace

RunQueue::~RunQueue() {
  for (const auto& [thread, file] : files_) close(file);
}

void RunQueue::look_for_threads() {
  std::set<int> alive;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(root_ / "proc/self/task", ignored)) {
    const int thread = std::atoi(entry.path().filename().c_str());
    alive.insert(thread);
    if (files_.contains(thread)) continue;
    const int file = open((entry.path() / "schedstat").c_str(), O_RDONLY | O_CLOEXEC);
    if (file >= 0) files_[thread] = file;
  }
  std::erase_if(files_, [&](const auto& entry) {
    const bool has_ended = !alive.contains(entry.first);
    if (has_ended) close(entry.second);
    return has_ended;
  });
}

std::map<int, QueueTimes> RunQueue::read() const {
  std::map<int, QueueTimes> times;
  for (const auto& [thread, file] : files_) {
    char text[96] = {};  // "run_ns waited_ns slices"
    if (pread(file, &text[0], sizeof text - 1, 0) <= 0) continue;
    long long ran_ns = 0, waited_ns = 0, slices = 0;
    if (std::sscanf(&text[0], "%lld %lld %lld", &ran_ns, &waited_ns, &slices) == 3)
      times[thread] = {static_cast<double>(waited_ns) * 1e-9, slices};
  }
  return times;
}

double longest_wait_s(const std::map<int, QueueTimes>& before,
                      const std::map<int, QueueTimes>& after) {
  double longest_s = 0;
  for (const auto& [thread, times] : after) {
    const auto earlier = before.find(thread);
    if (earlier == before.end()) continue;  // found between the readings
    const auto woken = static_cast<double>(times.slices - earlier->second.slices);
    const double waited_s = times.waited_s - earlier->second.waited_s;
    longest_s = std::max(longest_s, waited_s - woken * kWakeUp_s);
  }
  return longest_s;
}

}  // namespace assay
