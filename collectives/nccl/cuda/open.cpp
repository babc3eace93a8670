// The id and the device's stream.
#include "collectives/nccl/cuda/open.h"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "harness/measure/cuda/check.h"

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
  if (device.backend() != Backend::cuda) throw Error("NCCL joins CUDA devices only");
  const auto stream = static_cast<cudaStream_t>(device.stream());
  return {&device, [stream] { return is_idle(stream); }, compute_capability_of(device)};
}

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

}  // namespace assay
