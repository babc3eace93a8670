// Several threads read; the one that has the next documents hands them over.
#include "harness/cli/in_order.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "harness/core/consistency.h"

namespace assay::cli {

namespace {

constexpr std::size_t kMostReaders = 8;  // each holds a document's JSON
// That are handed over: enough to share what a call costs, few enough to be in a cache still.
constexpr std::size_t kAtOnce = 4;
constexpr std::size_t kWaiting = 8 * kAtOnce;

class Reading {
 public:
  Reading(const std::vector<std::filesystem::path>& paths, const ReadDocument& read,
          const TakeDocuments& take)
      : paths_(paths), read_(read), take_(take), end_(paths.size()) {}

  /// Until there is nothing more to read; any number of threads.
  void read_on() {
    std::unique_lock lock(mutex_);
    for (;;) {
      room_.wait(lock, [&] { return next_ >= end_ || next_ < taken_ + kWaiting; });
      if (next_ >= end_) return;
      const std::size_t at = next_++;
      Result result = spare();
      lock.unlock();
      std::exception_ptr problem;
      try {
        read_(paths_[at], result);
        refuse_contradictions(result, paths_[at].string());
      } catch (...) {
        problem = std::current_exception();
      }
      lock.lock();
      if (problem)
        stop_at(at, problem);
      else
        waiting_.emplace(at, std::move(result));
      hand_over(lock);
    }
  }

  void rethrow_problem() const {
    if (problem_) std::rethrow_exception(problem_);
  }

 private:
  /// Of a document that was taken, so that its memory is used again.
  Result spare() {
    if (spare_.empty()) return {};
    Result result = std::move(spare_.back());
    spare_.pop_back();
    return result;
  }

  /// Documents before it may still be read, and have problems of their own.
  void stop_at(std::size_t at, const std::exception_ptr& problem) {
    if (at < end_ || !problem_) problem_ = problem;
    end_ = std::min(end_, at);
    room_.notify_all();
  }

  /// Documents that can be handed over.
  std::size_t ready() const {
    std::size_t count = 0;
    for (auto at = waiting_.find(taken_); at != waiting_.end() && at->first == taken_ + count; ++at)
      ++count;
    return std::min(count, end_ - std::min(end_, taken_));
  }

  void hand_over(std::unique_lock<std::mutex>& lock) {
    if (is_taking_) return;
    is_taking_ = true;
    for (std::size_t count; (count = ready()) > 0;) {
      if (count < kAtOnce && taken_ + count < end_) break;
      std::vector<Result> some;
      for (std::size_t i = 0; i < count; ++i)
        some.push_back(std::move(waiting_.extract(taken_ + i).mapped()));
      lock.unlock();
      std::exception_ptr problem;
      bool goes_on = false;
      try {
        goes_on = take_(some);
      } catch (...) {
        problem = std::current_exception();
      }
      lock.lock();
      std::move(some.begin(), some.end(), std::back_inserter(spare_));
      taken_ += count;
      if (!goes_on) stop_at(taken_, problem);
      room_.notify_all();
    }
    is_taking_ = false;
  }

  const std::vector<std::filesystem::path>& paths_;
  const ReadDocument& read_;
  const TakeDocuments& take_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::map<std::size_t, Result> waiting_;  // read and not taken, by place
  std::vector<Result> spare_;              // taken
  std::size_t next_ = 0, taken_ = 0;
  std::size_t end_;  // behind the last document that is read
  bool is_taking_ = false;
  std::exception_ptr problem_;  // of the document at `end_`
};

/// Threads beside this one, as many as there is work for and the machine allows.
std::vector<std::jthread> readers(std::size_t documents, const std::function<void()>& read_on) {
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::jthread> threads;
  try {
    for (std::size_t i = 1; i < std::min({documents, processors, kMostReaders}); ++i)
      threads.emplace_back(read_on);
  } catch (const std::system_error&) {  // a limit of threads: those that there are suffice
  }
  return threads;
}

}  // namespace

void read_in_order(const std::vector<std::filesystem::path>& paths, const ReadDocument& read,
                   const TakeDocuments& take) {
  Reading reading(paths, read, take);
  {
    const std::vector<std::jthread> helpers = readers(paths.size(), [&] { reading.read_on(); });
    reading.read_on();
  }
  reading.rethrow_problem();
}

}  // namespace assay::cli
