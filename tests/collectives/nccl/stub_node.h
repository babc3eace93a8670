// A process's devices, a thread each, joined by the stub of NCCL 2.28; their memory is the host's.
#pragma once

#include <cstdlib>
#include <memory>
#include <vector>

#include "collectives/local_ranks.h"
#include "collectives/nccl/cuda/communicator.h"

namespace assay::test {

template <class OneDevice>
struct StubNode {
  explicit StubNode(std::size_t count, double deadline_s = 20) : devices(count) {
    setenv("ASSAY_CUDA_LIBS", ASSAY_NCCL_STUBS "/2.28", 1);
    const auto symbols = nccl::Symbols::open();
    ncclUniqueId id{};
    symbols->call().get_unique_id(&id);
    std::vector<Device*> local;
    for (OneDevice& device : devices) local.push_back(&device);
    ranks = std::make_unique<LocalRanks>(0, local, [=, this](int rank, Device& device) {
      const NcclGpu gpu{&device, [this] { return is_idle.load(); }, 90};
      return std::make_unique<NcclCommunicator>(
          nccl::HandleOptions{symbols, id, rank, static_cast<int>(devices.size()), deadline_s}, gpu,
          nullptr);
    });
  }

  std::vector<OneDevice> devices;
  std::atomic<bool> is_idle{true};
  std::unique_ptr<LocalRanks> ranks;
};

}  // namespace assay::test
