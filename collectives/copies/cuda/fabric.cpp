// Streams, events and peer access.
#include "collectives/copies/cuda/fabric.h"

#include <cuda_runtime_api.h>

#include <algorithm>

#include "harness/measure/cuda/check.h"
#include "harness/measure/cuda/pinned_buffer.h"

namespace assay {

namespace {

/// A stream on one device, and the event that says that its copy has ended.
class Lane {
 public:
  explicit Lane(int ordinal) : ordinal_(ordinal) {
    check(cudaSetDevice(ordinal), "choosing a GPU");
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "creating a stream");
    check(cudaEventCreateWithFlags(&ended_, cudaEventDisableTiming), "creating an event");
  }
  ~Lane() {
    cudaSetDevice(ordinal_);
    if (ended_) cudaEventDestroy(ended_);
    if (stream_) cudaStreamDestroy(stream_);
  }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

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
  CudaFabric(std::vector<Device*> devices, int timed, const std::vector<PlannedCopy>& copies);
  ~CudaFabric() override;

  std::unique_ptr<Buffer> allocate(int where, std::size_t bytes) override;
  void put(int where, Buffer& to, const void* from, std::size_t bytes) override;
  void get(int where, void* to, Buffer& from, std::size_t bytes) override;
  void fork() override;
  void enqueue(std::size_t lane, const PlannedCopy& copy, void* to, const void* from,
               std::size_t bytes) override;
  void join() override;
  void finish() override { timed().synchronize(); }
  Json facts(const std::vector<PlannedCopy>& copies) const override;

 private:
  Device& timed() const { return *devices_[static_cast<std::size_t>(timed_)]; }
  Device& device(int where) const { return *devices_[static_cast<std::size_t>(where)]; }
  int ordinal_of(int where) const { return device(where).facts().index; }
  cudaStream_t timed_stream() const { return static_cast<cudaStream_t>(timed().stream()); }

  std::vector<Device*> devices_;
  int timed_;
  cudaEvent_t started_ = nullptr;
  std::vector<std::unique_ptr<Lane>> lanes_;
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

/// A copy engine of the source pushes; from the host, the destination's pulls.
int lane_of(const PlannedCopy& copy) { return copy.from == kHostMemory ? copy.to : copy.from; }

CudaFabric::CudaFabric(std::vector<Device*> devices, int timed,
                       const std::vector<PlannedCopy>& copies)
    : devices_(std::move(devices)), timed_(timed) {
  for (const PlannedCopy& copy : copies) {
    if (copy.from != kHostMemory && copy.to != kHostMemory) {
      enable_peer_access(ordinal_of(copy.from), ordinal_of(copy.to));
      enable_peer_access(ordinal_of(copy.to), ordinal_of(copy.from));
    }
    lanes_.push_back(std::make_unique<Lane>(ordinal_of(lane_of(copy))));
  }
  check(cudaSetDevice(ordinal_of(timed_)), "choosing a GPU");
  check(cudaEventCreateWithFlags(&started_, cudaEventDisableTiming), "creating an event");
}

CudaFabric::~CudaFabric() {
  cudaSetDevice(ordinal_of(timed_));
  if (started_) cudaEventDestroy(started_);
}

std::unique_ptr<Buffer> CudaFabric::allocate(int where, std::size_t bytes) {
  return where == kHostMemory ? allocate_pinned(bytes) : device(where).allocate(bytes);
}

void CudaFabric::put(int where, Buffer& to, const void* from, std::size_t bytes) {
  if (where == kHostMemory) {
    std::copy_n(static_cast<const std::byte*>(from), bytes, static_cast<std::byte*>(to.data()));
  } else {
    device(where).copy_in(to, from, bytes);
  }
}

void CudaFabric::get(int where, void* to, Buffer& from, std::size_t bytes) {
  if (where == kHostMemory) {
    std::copy_n(static_cast<const std::byte*>(from.data()), bytes, static_cast<std::byte*>(to));
  } else {
    device(where).copy_out(to, from, bytes);
  }
}

void CudaFabric::fork() {
  check(cudaSetDevice(ordinal_of(timed_)), "choosing a GPU");
  check(cudaEventRecord(started_, timed_stream()), "recording an event");
}

void CudaFabric::enqueue(std::size_t lane, const PlannedCopy& copy, void* to, const void* from,
                         std::size_t bytes) {
  const Lane& own = *lanes_[lane];
  check(cudaSetDevice(own.ordinal()), "choosing a GPU");
  check(cudaStreamWaitEvent(own.stream(), started_, 0), "waiting for an event");
  if (copy.from != kHostMemory && copy.to != kHostMemory) {
    check(cudaMemcpyPeerAsync(to, ordinal_of(copy.to), from, ordinal_of(copy.from), bytes,
                              own.stream()),
          "copying between GPUs");
  } else {
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, own.stream()), "enqueuing a copy");
  }
  check(cudaEventRecord(own.ended(), own.stream()), "recording an event");
}

void CudaFabric::join() {
  check(cudaSetDevice(ordinal_of(timed_)), "choosing a GPU");
  for (const auto& lane : lanes_) {
    check(cudaStreamWaitEvent(timed_stream(), lane->ended(), 0), "waiting for an event");
  }
}

Json CudaFabric::facts(const std::vector<PlannedCopy>& copies) const {
  Json facts = Json::object();
  for (const PlannedCopy& copy : copies) {
    if (copy.from == kHostMemory || copy.to == kHostMemory) continue;
    const bool direct = have_peer_access(ordinal_of(copy.from), ordinal_of(copy.to));
    facts["peer_access"] = facts.value("peer_access", true) && direct;
  }
  return facts;
}

}  // namespace

std::shared_ptr<CopyFabric> make_cuda_fabric(const std::vector<Device*>& devices, int timed,
                                             const std::vector<PlannedCopy>& copies) {
  return std::make_shared<CudaFabric>(devices, timed, copies);
}

}  // namespace assay
