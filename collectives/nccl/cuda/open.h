// Joins one GPU to the others through NCCL. Not yet run on hardware.
#pragma once

#include <memory>
#include <string>

#include "collectives/nccl/cuda/communicator.h"

namespace assay {

struct NcclWorld {
  std::string id;  // of make_nccl_id(), the same on every rank
  int rank = 0;
  int size = 1;
  double deadline_s = 60;
};

/// Rank 0 makes it; the rendezvous carries it to the others. Needs NCCL and no GPU.
std::string make_nccl_id();

/// For the calling thread's rank on `device`, which outlives it. Throws Error with exit code 3
/// where there is no NCCL, LostPeer when a rank does not come within the deadline.
std::unique_ptr<NcclCommunicator> open_nccl(const NcclWorld& world, Device& device,
                                            std::shared_ptr<nccl::Watch> watch);

/// The same device, its memory registered with the communicator: for implementations that are
/// named `nccl_registered`. Buffers must go before the communicator.
std::unique_ptr<Device> registered_memory(Device& device, NcclCommunicator& communicator);

}  // namespace assay
