// Host threads that outlive a call, so that starting them is never timed.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace assay {

class Device;

/// `size()` threads, the caller among them. Between runs the others sleep (they do not spin), so
/// that an implementation measured in alternation with ours finds the cores free.
class ThreadPool {
 public:
  /// Throws Error if one cannot be started.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls work(0) … work(size() - 1), one on each thread, and returns when all have ended.
  /// `work` must not throw. One caller at a time.
  template <class Work>
  void run(const Work& work) {
    start([](const void* what, int index) { (*static_cast<const Work*>(what))(index); }, &work);
  }

 private:
  using Call = void (*)(const void* what, int index);
  void start(Call call, const void* what);
  void serve(int index);
  void end();

  std::vector<std::thread> workers_;
  Call call_ = nullptr;
  const void* what_ = nullptr;
  std::atomic<unsigned> generation_{0};  // counts runs; workers wait for it to change
  std::atomic<int> running_{0};          // workers that have not ended this run yet
  bool ending_ = false;                  // published by the change of generation_
};

/// The pool with one thread for each core that this process may use on `device`.
ThreadPool& host_threads(const Device& device);

/// Part `index` of `count` of `total` items in units of `unit`: [first, last).
struct Part {
  std::int64_t first = 0;
  std::int64_t last = 0;
};
Part part_of(std::int64_t total, int index, int count, std::int64_t unit = 1);

}  // namespace assay
