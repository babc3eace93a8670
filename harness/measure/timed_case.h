// What the sampler can time: one implementation of one case, its operands ready on a device.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "harness/core/result.h"
#include "harness/core/work.h"

namespace assay {

/// Verified first, then timed. Operands are rotated: iteration i may run on any operand set.
class TimedCase {
 public:
  virtual ~TimedCase() = default;

  /// Poisons the output, runs once, compares with the reference. A wrong answer is a Verification
  /// that is not ok(), never an exception.
  virtual Verification verify() = 0;

  /// One iteration on operand set `set` < operand_sets(). Host: runs to the end. CUDA: enqueues on
  /// the device's stream and returns. Allocates nothing and synchronises nothing.
  virtual void enqueue(std::size_t set) = 0;

  /// Waits until the enqueued work has ended, if that depends on more than the device: on other
  /// ranks, for which it waits until the deadline and then throws.
  virtual void finish() {}

  virtual std::size_t operand_sets() const = 0;
  virtual Work work() const = 0;

  /// After the last sample: an error in an answer that shows only then. The case has then failed
  /// its verification.
  virtual std::optional<std::string> wrong_after_samples() { return std::nullopt; }

  /// What the implementation chose (an algorithm, a tile), for the measurement's extensions.
  virtual Json choice() const { return Json::object(); }
};

}  // namespace assay
