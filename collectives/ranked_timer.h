// A timer that all ranks share: one sample is the slowest rank's, and every rank hears the same.
#pragma once

#include <atomic>

#include "collectives/communicator.h"
#include "harness/measure/device.h"
#include "harness/measure/instrument.h"

namespace assay {

/// What every rank of a run must decide alike: the sampler chooses iteration counts and the end of
/// a series from readings alone, so identical readings are enough.
class RankedTimer final : public Timer {
 public:
  /// `asked` is this rank's wish to stop (a signal); `agreed` becomes true on every rank at the
  /// same sample when any rank wishes it. `clock` is that of this rank's device; null: the host's.
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

  // Fixed, where a single process calibrates: two ranks would find two values.
  static constexpr double kShortest_s = 500e-6;
  static constexpr std::size_t kMostIterations = 1 << 16;

  Communicator& communicator_;
  const std::atomic<bool>* asked_;
  std::atomic<bool>& agreed_;
  std::unique_ptr<BatchClock> clock_;
};

/// The device that collectives run on, measured by all ranks together. Nothing of this rank alone
/// may end or discard a sample, so it is not polled.
class RankedDevice final : public Device, public Instrument {
 public:
  RankedDevice(Device& device, Communicator& communicator, const std::atomic<bool>* asked,
               std::atomic<bool>& agreed);
  ~RankedDevice() override;

  Backend backend() const override { return device_.backend(); }
  const DeviceFacts& facts() const override { return device_.facts(); }
  std::unique_ptr<Buffer> allocate(std::size_t bytes) override { return device_.allocate(bytes); }
  void copy_in(Buffer& to, const void* from, std::size_t bytes) override {
    device_.copy_in(to, from, bytes);
  }
  void copy_out(void* to, Buffer& from, std::size_t bytes) override {
    device_.copy_out(to, from, bytes);
  }
  void fill(Buffer& buffer, unsigned char byte) override { device_.fill(buffer, byte); }
  void fill_with(Buffer& buffer, const ElementPattern& pattern) override {
    device_.fill_with(buffer, pattern);
  }
  std::optional<std::uint64_t> first_mismatch(Buffer& buffer,
                                              const ElementPattern& pattern) override {
    return device_.first_mismatch(buffer, pattern);
  }
  void synchronize() override { device_.synchronize(); }
  std::size_t cache_bytes() const override { return device_.cache_bytes(); }
  std::size_t free_memory_bytes() const override { return device_.free_memory_bytes(); }
  void* stream() override { return device_.stream(); }

  std::unique_ptr<Timer> make_timer(Series series, std::string& reason) override;
  Telemetry& telemetry() override;
  void record_clock(double) override {}

 private:
  class Unwatched;

  Device& device_;
  Communicator& communicator_;
  const std::atomic<bool>* asked_;
  std::atomic<bool>& agreed_;
  std::unique_ptr<Unwatched> telemetry_;
};

}  // namespace assay
