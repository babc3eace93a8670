// Batches as CUDA graphs: captured once, replayed for every sample.
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

  /// Null if no batch of that case and count has been captured.
  cudaGraphExec_t find(const Batch& batch) const;
  /// Captures and uploads the batch without running it. Throws Error if one of its calls cannot be
  /// captured.
  cudaGraphExec_t capture(const Batch& batch);

 private:
  cudaStream_t stream_;
  std::map<std::pair<TimedCase*, std::size_t>, cudaGraphExec_t> graphs_;
};

/// Counts the launches of one iteration in a capture that is then discarded; returns an estimate if
/// the capture fails.
std::size_t launches_of(TimedCase& timed, cudaStream_t stream);

}  // namespace assay
