// The ranks of one stub communicator: threads that meet at every operation, and mailboxes between
// them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace assay::stub {

/// What one rank brought to an operation.
struct Part {
  const void* send = nullptr;
  void* receive = nullptr;
};

class Clique {
 public:
  explicit Clique(int ranks) : ranks_(ranks), parts_(static_cast<std::size_t>(ranks)) {}

  int ranks() const { return ranks_; }
  /// Waits for every rank's part.
  const std::vector<Part>& meet(int rank, Part part) {
    parts_[static_cast<std::size_t>(rank)] = part;
    barrier();
    return parts_;
  }
  void barrier() {
    std::unique_lock lock(mutex_);
    const long phase = phase_;
    if (++arrived_ == ranks_) {
      arrived_ = 0;
      ++phase_;
      changed_.notify_all();
    } else {
      changed_.wait(lock, [&] { return phase_ != phase; });
    }
  }
  void post(int from, int to, std::vector<char> bytes) {
    const std::lock_guard lock(mutex_);
    mail_[{from, to}].push_back(std::move(bytes));
    changed_.notify_all();
  }
  std::vector<char> take(int from, int to) {
    std::unique_lock lock(mutex_);
    auto& box = mail_[{from, to}];
    changed_.wait(lock, [&] { return !box.empty(); });
    std::vector<char> bytes = std::move(box.front());
    box.pop_front();
    return bytes;
  }

 private:
  int ranks_;
  std::vector<Part> parts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  long phase_ = 0;
  std::map<std::pair<int, int>, std::deque<std::vector<char>>> mail_;
};

}  // namespace assay::stub
