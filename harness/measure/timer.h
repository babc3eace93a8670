// How a backend takes one sample: the clock that the sampler uses.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/measure/timed_case.h"

namespace assay {

/// The iterations of one sample: sets first, first + step, … of the case's operand sets. A step
/// of 0 stays on one set (hot), 1 rotates (cold).
struct Batch {
  TimedCase* timed = nullptr;
  std::size_t first_set = 0;
  std::size_t step = 1;
  std::size_t iterations = 1;

  void enqueue_all() const {
    const std::size_t sets = timed->operand_sets();
    std::size_t set = first_set % sets;
    for (std::size_t i = 0; i < iterations; ++i) {
      timed->enqueue(set);
      set += step;
      if (set == sets) set = 0;
    }
  }
};

/// One sample as it was measured.
struct Reading {
  double time_s = 0;               // of the whole batch
  double begin_s = 0, end_s = 0;   // by the steady clock, to match telemetry with
  std::optional<double> clock_hz;  // the processor's clock over the sample
  bool gate_timeout = false;       // the gate opened itself: the time is invalid
  std::vector<double> ranks_s;     // of the whole batch, by rank, where several ranks take part
};

class Timer {
 public:
  virtual ~Timer() = default;

  /// Runs the batch to its end outside of any gate, so that nothing in it happens for the first
  /// time when it is timed.
  virtual void prime(const Batch& batch) = 0;
  virtual Reading time(const Batch& batch) = 0;

  /// The shortest sample in which the clock's own cost and resolution are below 0.1 %.
  virtual double shortest_sample_s() const = 0;
  /// The most iterations of the case in one sample (limited by what a gate may queue).
  virtual std::size_t most_iterations(TimedCase& timed) = 0;
};

}  // namespace assay
