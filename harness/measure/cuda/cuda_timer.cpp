// The two timers of a GPU: launches as they are, and graphs that replay them.
#include "harness/measure/cuda/cuda_timer.h"

#include <algorithm>
#include <exception>
#include <map>
#include <utility>

#include "harness/measure/cuda/check.h"
#include "harness/measure/cuda/gated_sample.h"

namespace assay {

namespace {

/// Events tell half a microsecond: 0.1 % of this.
constexpr double kShortestSample = 500e-6;

/// Captures what `enqueue` puts on the stream; null when some call of it cannot be captured.
template <class Enqueue>
cudaGraph_t capture(cudaStream_t stream, const Enqueue& enqueue) {
  check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "capturing a graph");
  bool whole = true;
  try {
    enqueue();
  } catch (const std::exception&) {
    whole = false;
  }
  cudaGraph_t graph = nullptr;
  if (cudaStreamEndCapture(stream, &graph) != cudaSuccess || !whole) {
    cudaGetLastError();
    if (graph) cudaGraphDestroy(graph);
    return nullptr;
  }
  return graph;
}

/// Launches of one iteration, counted in a capture that is thrown away.
std::size_t launches_of(TimedCase& timed, cudaStream_t stream) {
  constexpr std::size_t kWhenUnknown = 16;
  const cudaGraph_t graph = capture(stream, [&] { timed.enqueue(0); });
  if (!graph) return kWhenUnknown;
  std::size_t nodes = 0;
  const cudaError_t code = cudaGraphGetNodes(graph, nullptr, &nodes);
  cudaGraphDestroy(graph);
  return code == cudaSuccess && nodes > 0 ? nodes : kWhenUnknown;
}

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
  explicit GraphTimer(cudaStream_t stream) : stream_(stream), sample_(stream) {}
  ~GraphTimer() override {
    cudaStreamSynchronize(stream_);
    for (auto& [key, graph] : graphs_) cudaGraphExecDestroy(graph);
  }

  void prime(const Batch& batch) override {
    batch.enqueue_all();
    check(cudaStreamSynchronize(stream_), "running a case on the GPU");
  }
  Reading time(const Batch& batch) override {
    const cudaGraphExec_t graph = captured(batch);
    return sample_.take([&] { check(cudaGraphLaunch(graph, stream_), "replaying a graph"); });
  }
  double shortest_sample_s() const override { return kShortestSample; }
  std::size_t most_iterations(TimedCase&) override { return 1024; }

 private:
  /// Captured, uploaded and replayed once ungated, the first time that it is asked for.
  cudaGraphExec_t captured(const Batch& batch) {
    const auto key = std::make_pair(batch.timed, batch.iterations);
    if (const auto found = graphs_.find(key); found != graphs_.end()) return found->second;
    const cudaGraph_t graph = capture(stream_, [&] { batch.enqueue_all(); });
    if (!graph) throw Error("the case cannot be captured in a CUDA graph");
    cudaGraphExec_t executable = nullptr;
    const cudaError_t code = cudaGraphInstantiate(&executable, graph, 0);
    cudaGraphDestroy(graph);
    check(code, "instantiating a graph");
    graphs_[key] = executable;
    check(cudaGraphLaunch(executable, stream_), "replaying a graph");
    check(cudaStreamSynchronize(stream_), "replaying a graph");
    return executable;
  }

  cudaStream_t stream_;
  GatedSample sample_;
  std::map<std::pair<TimedCase*, std::size_t>, cudaGraphExec_t> graphs_;
};

}  // namespace

std::unique_ptr<Timer> make_cuda_timer(cudaStream_t stream, Series series) {
  if (series == Series::graph) return std::make_unique<GraphTimer>(stream);
  return std::make_unique<LaunchTimer>(stream);
}

}  // namespace assay
