// Joins one GPU to the others through NCCL.
#pragma once

#include <memory>

#include "collectives/nccl/cuda/communicator.h"
#include "collectives/nccl/join.h"

namespace assay {

/// As join_nccl(), with what only NCCL has.
std::unique_ptr<NcclCommunicator> open_nccl(const NcclWorld& world, Device& device,
                                            std::shared_ptr<nccl::Watch> watch);

}  // namespace assay
