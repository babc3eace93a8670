// Batches as CUDA graphs: captured once, replayed as often as they are timed.
#pragma once

#include <cuda_runtime_api.h>

#include <map>
#include <utility>

#include "harness/measure/timer.h"

namespace assay {

class CapturedBatches {
 public:
  explicit CapturedBatches(cudaStream_t stream) : stream_(stream) {}
  ~CapturedBatches();
  CapturedBatches(const CapturedBatches&) = delete;
  CapturedBatches& operator=(const CapturedBatches&) = delete;

  /// Null where no batch of that case and count was captured yet.
  cudaGraphExec_t find(const Batch& batch) const;
  /// Captured and uploaded; nothing runs. Throws Error where a call of it cannot be captured.
  cudaGraphExec_t capture(const Batch& batch);

 private:
  cudaStream_t stream_;
  std::map<std::pair<TimedCase*, std::size_t>, cudaGraphExec_t> graphs_;
};

/// Launches of one iteration, counted in a capture that is thrown away; a guess where it fails.
std::size_t launches_of(TimedCase& timed, cudaStream_t stream);

}  // namespace assay
