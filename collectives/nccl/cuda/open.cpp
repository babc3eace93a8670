// The id, the device's stream, and memory that NCCL knows.
#include "collectives/nccl/cuda/open.h"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "harness/measure/cuda/check.h"
#include "harness/measure/instrument.h"

namespace assay {

namespace {

/// `9.0` as 90; 0 where it is not known.
int compute_capability_of(const Device& device) {
  const std::string text = device.facts().compute_capability.value_or("");
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) return 0;
  return std::atoi(text.c_str()) * 10 + std::atoi(text.c_str() + dot + 1);
}

bool is_idle(cudaStream_t stream) {
  const cudaError_t state = cudaStreamQuery(stream);
  if (state == cudaErrorNotReady) return false;
  check(state, "asking a GPU whether it has ended");
  return true;
}

NcclGpu gpu_of(Device& device) {
  auto* instrument = dynamic_cast<Instrument*>(&device);
  if (!instrument || device.backend() != Backend::cuda) throw Error("NCCL joins CUDA devices only");
  const auto stream = static_cast<cudaStream_t>(device.stream());
  return {&device, [instrument] { instrument->make_current(); },
          [stream] { return is_idle(stream); }, compute_capability_of(device)};
}

class RegisteredMemory final : public Device {
 public:
  RegisteredMemory(Device& device, NcclCommunicator& communicator)
      : device_(device), communicator_(communicator) {}

  Backend backend() const override { return device_.backend(); }
  const DeviceFacts& facts() const override { return device_.facts(); }
  std::unique_ptr<Buffer> allocate(std::size_t bytes) override {
    return communicator_.allocate_registered(bytes);
  }
  void copy_in(Buffer& to, const void* from, std::size_t bytes) override {
    device_.copy_in(to, from, bytes);
  }
  void copy_out(void* to, Buffer& from, std::size_t bytes) override {
    device_.copy_out(to, from, bytes);
  }
  void fill(Buffer& buffer, unsigned char byte) override { device_.fill(buffer, byte); }
  void fill_with(Buffer& buffer, const ElementPattern& pattern) override {
    device_.fill_with(buffer, pattern);
  }
  std::optional<std::uint64_t> first_mismatch(Buffer& buffer,
                                              const ElementPattern& pattern) override {
    return device_.first_mismatch(buffer, pattern);
  }
  void synchronize() override { device_.synchronize(); }
  std::size_t cache_bytes() const override { return device_.cache_bytes(); }
  std::size_t free_memory_bytes() const override { return device_.free_memory_bytes(); }
  void* stream() override { return device_.stream(); }

 private:
  Device& device_;
  NcclCommunicator& communicator_;
};

}  // namespace

std::string why_no_nccl() {
  std::string reason;
  return nccl::Symbols::find(&reason) ? "" : reason;
}

std::string make_nccl_id() {
  const auto symbols = nccl::Symbols::open();
  ncclUniqueId id{};
  const ncclResult_t result = symbols->call().get_unique_id(&id);
  if (result != ncclSuccess)
    throw Error(fmt::format("NCCL {} makes no id: {}", symbols->version_text(),
                            symbols->call().get_error_string(result)));
  return {id.internal, sizeof id.internal};
}

std::unique_ptr<NcclCommunicator> open_nccl(const NcclWorld& world, Device& device,
                                            std::shared_ptr<nccl::Watch> watch) {
  nccl::HandleOptions options{nccl::Symbols::open(), {}, world.rank, world.size, world.deadline_s};
  if (world.id.size() != sizeof options.id.internal)
    throw Error(fmt::format("an NCCL id has {} bytes, this has {}", sizeof options.id.internal,
                            world.id.size()));
  std::memcpy(options.id.internal, world.id.data(), world.id.size());
  return std::make_unique<NcclCommunicator>(options, gpu_of(device), std::move(watch));
}

std::unique_ptr<Communicator> join_nccl(const NcclWorld& world, Device& device,
                                        std::shared_ptr<nccl::Watch> watch) {
  return open_nccl(world, device, std::move(watch));
}

std::unique_ptr<Device> registered_memory(Device& device, NcclCommunicator& communicator) {
  return std::make_unique<RegisteredMemory>(device, communicator);
}

}  // namespace assay
