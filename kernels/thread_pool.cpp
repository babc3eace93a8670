// The pool: one futex word to start a run, one to end it.
#include "kernels/thread_pool.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "harness/measure/device.h"
#include "harness/measure/threads.h"

namespace assay {

ThreadPool::ThreadPool(int threads) {
  workers_.reserve(static_cast<std::size_t>(std::max(threads, 1) - 1));
  try {
    for (int index = 1; index < threads; ++index) {
      workers_.push_back(
          start_thread([this, index] { serve(index); }, "the host's kernels", index + 1, threads));
    }
  } catch (...) {
    end();
    throw;
  }
}

ThreadPool::~ThreadPool() { end(); }

void ThreadPool::end() {
  ending_ = true;
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  for (auto& worker : workers_) worker.join();
}

void ThreadPool::start(Call call, const void* what) {
  call_ = call;
  what_ = what;
  running_.store(static_cast<int>(workers_.size()), std::memory_order_relaxed);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  call(what, 0);
  for (int left = running_.load(std::memory_order_acquire); left != 0;
       left = running_.load(std::memory_order_acquire)) {
    running_.wait(left, std::memory_order_acquire);
  }
}

void ThreadPool::serve(int index) {
  for (unsigned seen = 0;; ++seen) {
    generation_.wait(seen, std::memory_order_acquire);
    if (ending_) return;
    call_(what_, index);
    if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1) running_.notify_one();
  }
}

ThreadPool& host_threads(const Device& device) {
  static std::mutex mutex;
  static std::map<int, std::unique_ptr<ThreadPool>> pools;
  const int threads = std::max(device.facts().multiprocessors.value_or(1), 1);
  const std::lock_guard lock(mutex);
  auto& pool = pools[threads];
  if (!pool) pool = std::make_unique<ThreadPool>(threads);
  return *pool;
}

Part part_of(std::int64_t total, int index, int count, std::int64_t unit) {
  const std::int64_t units = (total + unit - 1) / unit;
  const auto edge = [&](std::int64_t i) { return std::min(total, units * i / count * unit); };
  return {edge(index), edge(index + 1)};
}

}  // namespace assay
