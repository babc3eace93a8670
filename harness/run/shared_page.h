// Memory that both processes of a run see: a sign of life costs the worker one store.
#pragma once

#include <atomic>
#include <cstdint>

namespace assay::run {

struct Shared {
  std::atomic<std::uint64_t> beats{0};   // grows with every step of a case
  std::atomic<std::uint64_t> number{0};  // of the case that is under way, within its group
  std::atomic<bool> stop{false};         // the user's wish: end after the current sample
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// A page of it, inherited by every process that is forked while it lives.
class SharedPage {
 public:
  /// Throws Error where the system gives none.
  SharedPage();
  ~SharedPage();
  SharedPage(const SharedPage&) = delete;
  SharedPage& operator=(const SharedPage&) = delete;

  Shared* operator->() const { return shared_; }
  Shared& operator*() const { return *shared_; }

 private:
  Shared* shared_;
};

}  // namespace assay::run
