// Streams, events and peer access.
#include "collectives/copies/cuda/fabric.h"

#include <cuda_runtime_api.h>

#include "harness/measure/cuda/check.h"

namespace assay {

namespace {

/// A stream on one device, and the event that says that its copy has ended.
class CopyStream {
 public:
  explicit CopyStream(int ordinal) : ordinal_(ordinal) {
    check(cudaSetDevice(ordinal), "choosing a GPU");
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "creating a stream");
    check(cudaEventCreateWithFlags(&ended_, cudaEventDisableTiming), "creating an event");
  }
  ~CopyStream() {
    cudaSetDevice(ordinal_);
    if (ended_) cudaEventDestroy(ended_);
    if (stream_) cudaStreamDestroy(stream_);
  }
  CopyStream(const CopyStream&) = delete;
  CopyStream& operator=(const CopyStream&) = delete;

  int ordinal() const { return ordinal_; }
  cudaStream_t stream() const { return stream_; }
  cudaEvent_t ended() const { return ended_; }

 private:
  int ordinal_;
  cudaStream_t stream_ = nullptr;
  cudaEvent_t ended_ = nullptr;
};

class CudaFabric final : public CopyFabric {
 public:
  CudaFabric(std::vector<Device*> devices, int timed, const PlannedCopies& copies);
  ~CudaFabric() override;

  std::unique_ptr<Buffer> allocate(int device, std::size_t bytes) override;
  void put(int device, Buffer& to, const void* from, std::size_t bytes) override;
  void get(int device, void* to, Buffer& from, std::size_t bytes) override;
  void fork() override;
  void enqueue(std::size_t index, const PlannedCopy& copy, void* to, const void* from,
               std::size_t bytes) override;
  void join() override;
  void finish() override { timed().synchronize(); }
  Json facts(const PlannedCopies& copies) const override;

 private:
  Device& timed() const { return *devices_[static_cast<std::size_t>(timed_)]; }
  Device& device_at(int index) const { return *devices_[static_cast<std::size_t>(index)]; }
  int ordinal_of(int device) const { return device_at(device).facts().index; }
  cudaStream_t timed_stream() const { return static_cast<cudaStream_t>(timed().stream()); }

  std::vector<Device*> devices_;
  int timed_;
  cudaEvent_t started_ = nullptr;
  std::vector<std::unique_ptr<CopyStream>> streams_;
};

bool have_peer_access(int one, int other) {
  int can = 0;
  check(cudaDeviceCanAccessPeer(&can, one, other), "asking for peer access");
  return can != 0;
}

void enable_peer_access(int one, int other) {
  if (!have_peer_access(one, other)) return;
  check(cudaSetDevice(one), "choosing a GPU");
  const cudaError_t code = cudaDeviceEnablePeerAccess(other, 0);
  if (code == cudaErrorPeerAccessAlreadyEnabled) {
    cudaGetLastError();  // as wished
    return;
  }
  check(code, "turning peer access on");
}

CudaFabric::CudaFabric(std::vector<Device*> devices, int timed, const PlannedCopies& copies)
    : devices_(std::move(devices)), timed_(timed) {
  for (const PlannedCopy& copy : copies) {
    enable_peer_access(ordinal_of(copy.from), ordinal_of(copy.to));
    enable_peer_access(ordinal_of(copy.to), ordinal_of(copy.from));
    // A copy engine of the source pushes.
    streams_.push_back(std::make_unique<CopyStream>(ordinal_of(copy.from)));
  }
  check(cudaSetDevice(ordinal_of(timed_)), "choosing a GPU");
  check(cudaEventCreateWithFlags(&started_, cudaEventDisableTiming), "creating an event");
}

CudaFabric::~CudaFabric() {
  cudaSetDevice(ordinal_of(timed_));
  if (started_) cudaEventDestroy(started_);
}

std::unique_ptr<Buffer> CudaFabric::allocate(int device, std::size_t bytes) {
  return device_at(device).allocate(bytes);
}

void CudaFabric::put(int device, Buffer& to, const void* from, std::size_t bytes) {
  device_at(device).copy_in(to, from, bytes);
}

void CudaFabric::get(int device, void* to, Buffer& from, std::size_t bytes) {
  device_at(device).copy_out(to, from, bytes);
}

void CudaFabric::fork() {
  check(cudaSetDevice(ordinal_of(timed_)), "choosing a GPU");
  check(cudaEventRecord(started_, timed_stream()), "recording an event");
}

void CudaFabric::enqueue(std::size_t index, const PlannedCopy& copy, void* to, const void* from,
                         std::size_t bytes) {
  const CopyStream& own = *streams_[index];
  check(cudaSetDevice(own.ordinal()), "choosing a GPU");
  check(cudaStreamWaitEvent(own.stream(), started_, 0), "waiting for an event");
  check(cudaMemcpyPeerAsync(to, ordinal_of(copy.to), from, ordinal_of(copy.from), bytes,
                            own.stream()),
        "copying between GPUs");
  check(cudaEventRecord(own.ended(), own.stream()), "recording an event");
}

void CudaFabric::join() {
  check(cudaSetDevice(ordinal_of(timed_)), "choosing a GPU");
  for (const auto& stream : streams_) {
    check(cudaStreamWaitEvent(timed_stream(), stream->ended(), 0), "waiting for an event");
  }
}

Json CudaFabric::facts(const PlannedCopies& copies) const {
  Json facts = Json::object();
  for (const PlannedCopy& copy : copies) {
    const bool direct = have_peer_access(ordinal_of(copy.from), ordinal_of(copy.to));
    facts["peer_access"] = facts.value("peer_access", true) && direct;
  }
  return facts;
}

}  // namespace

std::shared_ptr<CopyFabric> make_cuda_fabric(const std::vector<Device*>& devices, int timed,
                                             const PlannedCopies& copies) {
  return std::make_shared<CudaFabric>(devices, timed, copies);
}

}  // namespace assay
