// Events around launches, or around the graph that replays them.
#include "harness/measure/cuda/cuda_batch_clock.h"

#include "harness/measure/cuda/captured_batches.h"
#include "harness/measure/cuda/check.h"

namespace assay {

namespace {

class CudaBatchClock final : public BatchClock {
 public:
  CudaBatchClock(cudaStream_t stream, bool replays)
      : stream_(stream), replays_(replays), graphs_(stream) {
    check(cudaEventCreate(&start_), "creating an event");
    check(cudaEventCreate(&stop_), "creating an event");
  }
  ~CudaBatchClock() override {
    for (cudaEvent_t event : {start_, stop_})
      if (event) cudaEventDestroy(event);
  }

  bool is_prepared(const Batch& batch) const override {
    return !replays_ || graphs_.find(batch) != nullptr;
  }
  void prepare(const Batch& batch) override {
    if (replays_) graphs_.capture(batch);
  }
  void enqueue(const Batch& batch) override {
    check(cudaEventRecord(start_, stream_), "recording an event");
    if (replays_) {
      check(cudaGraphLaunch(graphs_.find(batch), stream_), "replaying a graph");
    } else {
      batch.enqueue_all();
    }
    check(cudaEventRecord(stop_, stream_), "recording an event");
  }
  double elapsed_s() override {
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, start_, stop_), "reading events");
    return static_cast<double>(milliseconds) * 1e-3;
  }

 private:
  cudaStream_t stream_;
  bool replays_;
  CapturedBatches graphs_;
  cudaEvent_t start_ = nullptr, stop_ = nullptr;
};

}  // namespace

std::unique_ptr<BatchClock> make_cuda_batch_clock(cudaStream_t stream, Series series) {
  return std::make_unique<CudaBatchClock>(stream, series == Series::graph);
}

}  // namespace assay
