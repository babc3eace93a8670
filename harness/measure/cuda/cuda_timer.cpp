// The two timers of a GPU: launches as they are, and graphs that replay them.
#include "harness/measure/cuda/cuda_timer.h"

#include <algorithm>

#include "harness/measure/cuda/captured_batches.h"
#include "harness/measure/cuda/check.h"
#include "harness/measure/cuda/gated_sample.h"
#include "harness/measure/instrument.h"

namespace assay {

namespace {

/// CUDA events resolve 0.5 us, which is 0.1 % of this.
constexpr double kShortestSample = 500e-6;

class LaunchTimer : public Timer {
 public:
  explicit LaunchTimer(cudaStream_t stream) : stream_(stream), sample_(stream) {}

  void prime(const Batch& batch) override {
    batch.enqueue_all();
    check(cudaStreamSynchronize(stream_), "running a case on the GPU");
  }
  Reading time(const Batch& batch) override {
    return sample_.take([&] { batch.enqueue_all(); });
  }
  double shortest_sample_s() const override { return kShortestSample; }
  std::size_t most_iterations(TimedCase& timed) override {
    const std::size_t room = GatedSample::kMostQueued - GatedSample::kOwnLaunches;
    return std::max<std::size_t>(1, room / launches_of(timed, stream_));
  }

 private:
  cudaStream_t stream_;
  GatedSample sample_;
};

class GraphTimer : public Timer {
 public:
  explicit GraphTimer(cudaStream_t stream) : stream_(stream), sample_(stream), graphs_(stream) {}
  ~GraphTimer() override { cudaStreamSynchronize(stream_); }

  void prime(const Batch& batch) override {
    batch.enqueue_all();
    check(cudaStreamSynchronize(stream_), "running a case on the GPU");
  }
  Reading time(const Batch& batch) override {
    cudaGraphExec_t graph = graphs_.find(batch);
    if (!graph) replay_ungated(graph = graphs_.capture(batch));
    return sample_.take([&] { check(cudaGraphLaunch(graph, stream_), "replaying a graph"); });
  }
  double shortest_sample_s() const override { return kShortestSample; }
  std::size_t most_iterations(TimedCase&) override { return BatchClock::kMostIterations; }

 private:
  /// Once, so that nothing happens for the first time when it is timed.
  void replay_ungated(cudaGraphExec_t graph) {
    check(cudaGraphLaunch(graph, stream_), "replaying a graph");
    check(cudaStreamSynchronize(stream_), "replaying a graph");
  }

  cudaStream_t stream_;
  GatedSample sample_;
  CapturedBatches graphs_;
};

}  // namespace

std::unique_ptr<Timer> make_cuda_timer(cudaStream_t stream, Series series) {
  if (series == Series::graph) return std::make_unique<GraphTimer>(stream);
  return std::make_unique<LaunchTimer>(stream);
}

}  // namespace assay
