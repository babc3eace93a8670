// Times samples on the host with the steady clock.
#pragma once

#include "harness/measure/timer.h"

namespace assay {

class HostTimer : public Timer {
 public:
  HostTimer();
  void prime(const Batch& batch) override { batch.enqueue_all(); }
  Reading time(const Batch& batch) override;
  double shortest_sample_s() const override { return shortest_sample_s_; }
  std::size_t most_iterations(TimedCase&) override { return std::size_t{1} << 24; }

 private:
  double shortest_sample_s_ = 0;
};

}  // namespace assay
