// Vector clocks: what a thread knows to have happened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay::emulator {

/// A moment of one agent: 12 bits of slot, 20 bits of its clock. 0 is "never".
///
/// A slot is a thread, or something asynchronous: an mbarrier (for the copies that complete on
/// it), a warpgroup's tensor core, a thread's bulk stores.
using Epoch = std::uint32_t;
using Slot = std::uint32_t;

constexpr std::uint32_t kClockBits = 20;
constexpr std::uint32_t kMaxClock = (1u << kClockBits) - 1;
constexpr Slot kMaxSlot = (1u << (32 - kClockBits)) - 1;
constexpr Slot kHostSlot = 0;                  ///< What was there before the launch.
constexpr Slot kInFlightSlot = kMaxSlot;       ///< An asynchronous write that has not landed.
constexpr Slot kBarrierSlot = kMaxSlot - 1;    ///< The eight bytes of an mbarrier.
constexpr Slot kReaderSetSlot = kMaxSlot - 2;  ///< Several readers; the clock numbers their set.

constexpr Epoch make_epoch(Slot slot, std::uint32_t clock) { return slot << kClockBits | clock; }
constexpr Slot slot_of(Epoch epoch) { return epoch >> kClockBits; }
constexpr std::uint32_t clock_of(Epoch epoch) { return epoch & kMaxClock; }
constexpr Epoch kHostEpoch = make_epoch(kHostSlot, 1);

class Clock {
 public:
  void reset(std::size_t slots) {
    times_.assign(slots, 0);
    times_[kHostSlot] = 1;
  }
  /// Nothing is known, not even what was there before the launch.
  void clear(std::size_t slots) { times_.assign(slots, 0); }
  std::size_t slots() const { return times_.size(); }
  std::uint32_t operator[](Slot slot) const { return times_[slot]; }
  void raise(Slot slot, std::uint32_t time) {
    if (times_[slot] < time) times_[slot] = time;
  }
  void join(const Clock& other) {
    std::uint32_t* mine = times_.data();
    const std::uint32_t* theirs = other.times_.data();
    for (std::size_t i = 0, n = times_.size(); i < n; ++i) {
      mine[i] = mine[i] < theirs[i] ? theirs[i] : mine[i];
    }
  }
  void meet(const Clock& other) {
    std::uint32_t* mine = times_.data();
    const std::uint32_t* theirs = other.times_.data();
    for (std::size_t i = 0, n = times_.size(); i < n; ++i) {
      mine[i] = mine[i] < theirs[i] ? mine[i] : theirs[i];
    }
  }

 private:
  std::vector<std::uint32_t> times_;
};

}  // namespace assay::emulator
