// Queues a sample behind the gate, opens it, and reads events and clocks.
#include "harness/measure/cuda/gated_sample.h"

#include <new>

#include "harness/measure/clock_estimate.h"
#include "harness/measure/cuda/check.h"
#include "harness/measure/telemetry.h"

namespace assay {

namespace {

template <class T>
T* pinned(std::size_t count) {
  void* memory = nullptr;
  check(cudaHostAlloc(&memory, count * sizeof(T), cudaHostAllocMapped), "pinning memory");
  T* first = static_cast<T*>(memory);
  for (std::size_t i = 0; i < count; ++i) new (first + i) T{};
  return first;
}

}  // namespace

GatedSample::GatedSample(cudaStream_t stream) : stream_(stream) {
  int ordinal = 0, multiprocessors = 0;
  check(cudaGetDevice(&ordinal), "asking for the current GPU");
  check(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, ordinal),
        "counting multiprocessors");
  slots_ = static_cast<unsigned>(multiprocessors);
  words_ = pinned<GateWords>(1);
  before_ = pinned<ClockStamp>(slots_);
  after_ = pinned<ClockStamp>(slots_);
  check(cudaEventCreate(&start_), "creating an event");
  check(cudaEventCreate(&stop_), "creating an event");
  check(cudaEventCreateWithFlags(&done_, cudaEventDisableTiming), "creating an event");
  // The gate's own kernels are loaded here, and not while a gate holds the stream.
  words_->open = 1;
  take([] {});
}

GatedSample::~GatedSample() {
  release();
  cudaStreamSynchronize(stream_);
  for (cudaEvent_t event : {start_, stop_, done_}) {
    if (event) cudaEventDestroy(event);
  }
  for (void* memory :
       {static_cast<void*>(words_), static_cast<void*>(before_), static_cast<void*>(after_)}) {
    if (memory) cudaFreeHost(memory);
  }
}

void GatedSample::hold() {
  ++ticket_;
  launch_gate(words_, ticket_, kGateLimitNs, stream_);
  launch_clock_stamps(before_, slots_, ticket_, slots_, stream_);
  check(cudaGetLastError(), "launching the gate");
  check(cudaEventRecord(start_, stream_), "recording an event");
}

void GatedSample::release() {
  if (words_ && words_->open < ticket_) words_->open = ticket_;
}

Reading GatedSample::finish() {
  Reading reading;
  check(cudaEventRecord(stop_, stream_), "recording an event");
  launch_clock_stamps(after_, slots_, ticket_, slots_, stream_);
  check(cudaEventRecord(done_, stream_), "recording an event");
  reading.begin_s = steady_seconds();
  release();
  check(cudaEventSynchronize(done_), "running a case on the GPU");
  reading.end_s = steady_seconds();
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, start_, stop_), "reading events");
  reading.time_s = static_cast<double>(milliseconds) * 1e-3;
  reading.gate_timeout = words_->timed_out == ticket_;
  reading.clock_hz = clock_hz();
  return reading;
}

std::optional<double> GatedSample::clock_hz() const {
  // One multiprocessor that was read both before and after.
  for (unsigned i = 0; i < slots_; ++i) {
    if (before_[i].ticket != ticket_ || after_[i].ticket != ticket_) continue;
    if (const auto clock = clock_between({before_[i].time_ns, before_[i].cycles},
                                         {after_[i].time_ns, after_[i].cycles})) {
      return clock;
    }
  }
  return std::nullopt;
}

}  // namespace assay
