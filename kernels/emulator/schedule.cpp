// The temperaments of the adversary.
#include "kernels/emulator/schedule.h"

#include <utility>

#include "kernels/emulator/threads.h"

namespace assay::emulator {

const char* name(Mode mode) {
  switch (mode) {
    case Mode::kRandom:
      return "random";
    case Mode::kStarveOneWarp:
      return "starve-one-warp";
    case Mode::kProducerFirst:
      return "producer-first";
    case Mode::kConsumerFirst:
      return "consumer-first";
    case Mode::kLatestCompletion:
      return "latest-completion";
  }
  return "unknown";
}

Schedule::Schedule(Mode mode, std::uint64_t seed)
    : mode_(mode), random_(seed * 8 + static_cast<std::uint64_t>(mode)) {
  constexpr double kAsync[] = {0.9, 0.3, 0.05, 0.002};
  constexpr double kPreempt[] = {0, 0.05, 0.5};
  constexpr Order kOrders[] = {Order::kAny, Order::kAny, Order::kWarpByWarp, Order::kNewestFirst};
  async_ = kAsync[random_.below(4)];
  preempt_ = kPreempt[random_.below(3)];
  order_ = kOrders[random_.below(4)];
  if (mode == Mode::kProducerFirst) async_ = 0.9;
  if (mode == Mode::kLatestCompletion) async_ = 0;
}

void Schedule::start(std::size_t warps) {
  runnable_.clear();
  victim_ = random_.below(warps);
}

void Schedule::add(Thread* thread) { runnable_.push_back(thread); }

bool Schedule::prefers_async() {
  if (runnable_.empty()) return true;
  return async_ > 0 && random_.chance(async_);
}

int Schedule::rank(const Thread& thread) const {
  const Warp& warp = *thread.warp;
  switch (mode_) {
    case Mode::kStarveOneWarp:
      return warp.resident_index == victim_ ? 1 : 0;
    case Mode::kProducerFirst:
      return warp.starts_copies ? 0 : 1;
    case Mode::kConsumerFirst:
      return warp.starts_copies ? 1 : 0;
    case Mode::kRandom:
    case Mode::kLatestCompletion:
      break;
  }
  return order_ == Order::kWarpByWarp ? static_cast<int>(warp.resident_index) : 0;
}

Thread* Schedule::take() {
  std::size_t at =
      order_ == Order::kNewestFirst ? runnable_.size() - 1 : random_.below(runnable_.size());
  const bool ranks_matter = order_ == Order::kWarpByWarp || mode_ == Mode::kStarveOneWarp ||
                            mode_ == Mode::kProducerFirst || mode_ == Mode::kConsumerFirst;
  if (ranks_matter) {
    // A few candidates decide among themselves; a strict order would cost a scan of all.
    for (int other = 0; other < 8 && runnable_.size() > 1; ++other) {
      const std::size_t rival = random_.below(runnable_.size());
      if (rank(*runnable_[rival]) < rank(*runnable_[at])) at = rival;
    }
    if (mode_ == Mode::kStarveOneWarp && rank(*runnable_[at]) != 0) {
      for (std::size_t i = 0; i < runnable_.size(); ++i) {
        if (rank(*runnable_[i]) == 0) at = i;
      }
    }
  }
  std::swap(runnable_[at], runnable_.back());
  Thread* thread = runnable_.back();
  runnable_.pop_back();
  return thread;
}

}  // namespace assay::emulator
