// What an agent knows, kept once for all agents that know the same.
//
// A clock has a time for every thread, and all lanes that leave a barrier know the same but for
// their own times. So clocks are shared and never changed; a lane adds its own time, and whatever
// is made of shared clocks is made once and found again by the next lane that has the same ones.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "kernels/emulator/clock.h"

namespace assay::emulator {

using SharedClock = std::shared_ptr<const Clock>;

/// Two clocks travel together: all that happened before, and how much of it a proxy fence has made
/// visible to asynchronous accesses. The second is the first, as it was at each fence.
/// Null: nothing is known.
struct SharedKnowledge {
  SharedClock plain;
  SharedClock fenced;
  bool operator==(const SharedKnowledge&) const = default;
};

/// The same, for changing it in place.
struct Knowledge {
  Clock plain;
  Clock fenced;

  void clear(std::size_t slots) {
    plain.clear(slots);
    fenced.clear(slots);
  }
  void join(const Knowledge& other) {
    plain.join(other.plain);
    fenced.join(other.fenced);
  }
  void meet(const SharedKnowledge& other) {
    plain.meet(*other.plain);
    fenced.meet(*other.fenced);
  }
};

/// What was handed to all who wait, and what came of it for each knowledge that they had.
class Published {
 public:
  Published() = default;
  explicit Published(SharedKnowledge what) : what_(std::move(what)) {}
  /// `before` and what was handed out.
  SharedKnowledge joined_to(const SharedKnowledge& before);

 private:
  SharedKnowledge what_;
  std::vector<std::pair<SharedKnowledge, SharedKnowledge>> learned_;  ///< By what was known before.
};

/// Clocks in which one slot has got further: those of the newest time.
class Raised {
 public:
  /// `before` with `slot` at `time`. One object is asked about one slot only.
  SharedClock raise(const SharedClock& before, Slot slot, std::uint32_t time);

 private:
  std::uint32_t time_ = 0;
  std::vector<std::pair<SharedClock, SharedClock>> raised_;  ///< By the clock before.
};

class Known {
 public:
  Known() = default;
  /// A thread that has `own` slot and has come to `time`.
  Known(const SharedClock& at_launch, Slot own, std::uint32_t time)
      : shared_{at_launch, at_launch}, own_(own), time_(time) {}
  /// Something that has no slot of its own.
  explicit Known(Knowledge all);

  std::uint32_t plain(Slot slot) const { return slot == own_ ? time_ : (*shared_.plain)[slot]; }
  std::uint32_t fenced(Slot slot) const {
    const std::uint32_t time = (*shared_.fenced)[slot];
    return slot == own_ ? std::max(time, fenced_time_) : time;
  }
  std::size_t slots() const { return shared_.plain->slots(); }

  void set_time(std::uint32_t time) { time_ = time; }
  void raise(Slot slot, std::uint32_t time);
  /// The same, when others who know the same do it too.
  void raise(Slot slot, std::uint32_t time, Raised& others);
  void fence();
  void learn(Published& what) { shared_ = what.joined_to(shared_); }
  void learn(const Knowledge& what);
  /// Learns `all`, which includes what is known here.
  void adopt(const SharedKnowledge& all) { shared_ = all; }
  void join_to(Knowledge& other) const;

 private:
  friend class Gathered;
  SharedKnowledge shared_;  ///< At own slot it may be behind.
  Slot own_ = kMaxSlot;     ///< No agent has this one.
  std::uint32_t time_ = 0;
  std::uint32_t fenced_time_ = 0;
};

/// What several agents knew, until it is handed out.
class Gathered {
 public:
  void join(const Known& known);
  /// After at least one join().
  void raise(Slot slot, std::uint32_t time) { plain_.raise(slot, time); }
  /// All that was joined; begins anew.
  SharedKnowledge take() { return {plain_.take(), fenced_.take()}; }

 private:
  class Sum {
   public:
    void join(const SharedClock& part);
    void raise(Slot slot, std::uint32_t time) { sum_->raise(slot, time); }
    SharedClock take();

   private:
    std::shared_ptr<Clock> sum_;
    std::vector<SharedClock> parts_;  ///< Those that are in the sum.
  };
  Sum plain_;
  Sum fenced_;
};

}  // namespace assay::emulator
