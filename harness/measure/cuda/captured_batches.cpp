// Stream capture, in which nothing that is enqueued runs.
#include "harness/measure/cuda/captured_batches.h"

#include <exception>

#include "harness/measure/cuda/check.h"

namespace assay {

namespace {

/// Captures what `enqueue` puts on the stream; null when some call of it cannot be captured.
template <class Enqueue>
cudaGraph_t captured(cudaStream_t stream, const Enqueue& enqueue) {
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

}  // namespace

CapturedBatches::~CapturedBatches() {
  for (auto& [key, graph] : graphs_) cudaGraphExecDestroy(graph);
}

cudaGraphExec_t CapturedBatches::find(const Batch& batch) const {
  const auto found = graphs_.find({batch.timed, batch.iterations});
  return found == graphs_.end() ? nullptr : found->second;
}

cudaGraphExec_t CapturedBatches::capture(const Batch& batch) {
  const cudaGraph_t graph = captured(stream_, [&] { batch.enqueue_all(); });
  if (!graph) throw Error("the case cannot be captured in a CUDA graph");
  cudaGraphExec_t executable = nullptr;
  const cudaError_t code = cudaGraphInstantiate(&executable, graph, 0);
  cudaGraphDestroy(graph);
  check(code, "instantiating a graph");
  graphs_[{batch.timed, batch.iterations}] = executable;
  check(cudaGraphUpload(executable, stream_), "uploading a graph");
  return executable;
}

std::size_t launches_of(TimedCase& timed, cudaStream_t stream) {
  constexpr std::size_t kWhenUnknown = 16;
  const cudaGraph_t graph = captured(stream, [&] { timed.enqueue(0); });
  if (!graph) return kWhenUnknown;
  std::size_t nodes = 0;
  const cudaError_t code = cudaGraphGetNodes(graph, nullptr, &nodes);
  cudaGraphDestroy(graph);
  return code == cudaSuccess && nodes > 0 ? nodes : kWhenUnknown;
}

}  // namespace assay
