// A timer that all ranks share: a sample is the slowest rank's time, and every rank reads the same.
#pragma once

#include <atomic>

#include "collectives/communicator.h"
#include "harness/measure/device.h"
#include "harness/measure/instrument.h"

namespace assay {

/// Keeps ranks in step: the sampler chooses iteration counts and the end of a series from readings
/// alone, so identical readings on every rank lead to identical decisions.
class RankedTimer final : public Timer {
 public:
  /// `asked` is this rank's request to stop (a signal). When any rank requests it, `agreed` becomes
  /// true on every rank at the same sample. `clock` is that of this rank's device; null: the
  /// host's.
  RankedTimer(Communicator& communicator, const std::atomic<bool>* asked, std::atomic<bool>& agreed,
              std::unique_ptr<BatchClock> clock = nullptr)
      : communicator_(communicator), asked_(asked), agreed_(agreed), clock_(std::move(clock)) {}

  void prime(const Batch& batch) override;
  Reading time(const Batch& batch) override;
  double shortest_sample_s() const override { return kShortest_s; }
  std::size_t most_iterations(TimedCase&) override {
    return clock_ ? BatchClock::kMostIterations : kMostIterations;
  }

 private:
  void prepare(const Batch& batch);
  double run(const Batch& batch);

  // Fixed, where a single process calibrates: two ranks would calibrate different values.
  static constexpr double kShortest_s = 500e-6;
  static constexpr std::size_t kMostIterations = 1 << 16;

  Communicator& communicator_;
  const std::atomic<bool>* asked_;
  std::atomic<bool>& agreed_;
  std::unique_ptr<BatchClock> clock_;
};

/// The instrument of one rank in a joint measurement. No event on one rank alone may end or discard
/// a sample, so there is no telemetry.
class RankedInstrument final : public Instrument {
 public:
  /// Parameters as for RankedTimer; `device` is this rank's.
  RankedInstrument(Device& device, Communicator& communicator, const std::atomic<bool>* asked,
                   std::atomic<bool>& agreed)
      : device_(device), communicator_(communicator), asked_(asked), agreed_(agreed) {}

  std::unique_ptr<Timer> make_timer(Series series, std::string& reason) override;
  Telemetry& telemetry() override { return telemetry_; }
  void record_clock(double) override {}

 private:
  Device& device_;
  Communicator& communicator_;
  const std::atomic<bool>* asked_;
  std::atomic<bool>& agreed_;
  NoTelemetry telemetry_;
};

}  // namespace assay
