// How long this process's threads have waited for a processor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <vector>

namespace assay {

/// One thread's figures since it started, from its `schedstat`.
struct QueueTimes {
  double waited_s = 0;
  std::int64_t slices = 0;  // how often it was given a processor
};

/// Keeps the files of all threads open: a reading costs about a microsecond a thread.
class RunQueue {
 public:
  explicit RunQueue(std::filesystem::path root = "/") : root_(std::move(root)) {}
  ~RunQueue();
  RunQueue(const RunQueue&) = delete;
  RunQueue& operator=(const RunQueue&) = delete;

  /// Finds the threads that have started or ended since.
  void look_for_threads();
  /// By thread; empty where the kernel keeps no such figures.
  std::map<int, QueueTimes> read() const;

 private:
  std::filesystem::path root_;
  std::map<int, int> files_;  // by thread
};

/// The longest wait of a thread between two readings, without what it takes to wake a thread on an
/// idle processor, which is no contention.
double longest_wait_s(const std::map<int, QueueTimes>& before,
                      const std::map<int, QueueTimes>& after);

}  // namespace assay
