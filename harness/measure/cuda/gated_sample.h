// One gated sample: gate, clock stamps, event, work, event, clock stamps; then the gate is opened.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "harness/measure/cuda/gate.h"
#include "harness/measure/timer.h"

namespace assay {

class GatedSample {
 public:
  /// Launches of the gate, the stamps and the events, out of those that may be queued.
  static constexpr std::size_t kOwnLaunches = 8;
  static constexpr std::size_t kMostQueued = 256;
  static constexpr std::uint64_t kGateLimitNs = 5'000'000'000;

  explicit GatedSample(cudaStream_t stream);
  ~GatedSample();
  GatedSample(const GatedSample&) = delete;
  GatedSample& operator=(const GatedSample&) = delete;

  /// `enqueue` must have run ungated before, with the same arguments.
  template <class Enqueue>
  Reading take(const Enqueue& enqueue) {
    hold();
    try {
      enqueue();
    } catch (...) {
      release();  // or the stream would wait for the gate's limit
      throw;
    }
    return finish();
  }

 private:
  void hold();
  void release();
  Reading finish();
  std::optional<double> clock_hz() const;

  cudaStream_t stream_;
  unsigned slots_ = 0;
  std::uint64_t ticket_ = 0;
  GateWords* words_ = nullptr;
  ClockStamp* before_ = nullptr;
  ClockStamp* after_ = nullptr;
  cudaEvent_t start_ = nullptr, stop_ = nullptr, done_ = nullptr;
};

}  // namespace assay
