// Whose turn it is: the adversary that decides when anything happens, drawn from a seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay::emulator {

/// splitmix64: small, and good enough to be unpredictable to a kernel.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  /// 0 to count-1.
  std::uint64_t below(std::uint64_t count) { return (next() >> 32) * count >> 32; }
  bool chance(double probability) {
    return static_cast<double>(next() >> 11) < probability * 0x1p53;
  }

 private:
  std::uint64_t state_;
};

enum class Mode {
  kRandom,            ///< Any order; how eager copies and preemptions are is drawn too.
  kStarveOneWarp,     ///< One warp runs only when nothing else can.
  kProducerFirst,     ///< Warps that start copies run first, and copies land at once.
  kConsumerFirst,     ///< Warps that start copies run last.
  kLatestCompletion,  ///< Asynchronous work happens only when no thread can run.
};

constexpr Mode kAllModes[] = {Mode::kRandom, Mode::kStarveOneWarp, Mode::kProducerFirst,
                              Mode::kConsumerFirst, Mode::kLatestCompletion};

const char* name(Mode mode);

struct Thread;

/// The threads that can run, and the choice of the next step.
class Schedule {
 public:
  Schedule(Mode mode, std::uint64_t seed);

  Random& random() { return random_; }
  /// Whether the thread that is at a call of the device layer makes way for others.
  bool preempts() { return preempt_ > 0 && random_.chance(preempt_); }
  /// A try_wait that could go on waiting says false instead.
  bool fails_spuriously() { return random_.chance(0.05); }

  void start(std::size_t warps);
  void add(Thread* thread);
  bool empty() const { return runnable_.empty(); }
  /// Whether asynchronous work takes the next step, given that some is there.
  bool prefers_async();
  Thread* take();

 private:
  enum class Order { kAny, kWarpByWarp, kNewestFirst };
  int rank(const Thread& thread) const;

  Mode mode_;
  Random random_;
  double async_ = 0.1;
  double preempt_ = 0;
  Order order_ = Order::kAny;
  std::size_t victim_ = 0;  ///< The warp that is starved.
  std::vector<Thread*> runnable_;
};

}  // namespace assay::emulator
