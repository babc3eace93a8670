// Times samples on the host with the steady clock.
#pragma once

#include "harness/measure/timer.h"

namespace assay {

class HostTimer : public Timer {
 public:
  HostTimer();
  /// One iteration: code is loaded by it, and memory has been touched since it was allocated.
  void prime(const Batch& batch) override {
    Batch once = batch;
    once.iterations = 1;
    once.enqueue_all();
  }
  Reading time(const Batch& batch) override;
  double shortest_sample_s() const override { return shortest_sample_s_; }
  std::size_t most_iterations(TimedCase&) override { return std::size_t{1} << 24; }

 private:
  double shortest_sample_s_ = 0;
};

}  // namespace assay
