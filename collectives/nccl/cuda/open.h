// Joins one GPU to the others through NCCL.
#pragma once

#include <memory>

#include "collectives/nccl/cuda/communicator.h"
#include "collectives/nccl/join.h"

namespace assay {

/// Like join_nccl(), but returns NCCL's own type.
std::unique_ptr<NcclCommunicator> open_nccl(const NcclWorld& world, Device& device,
                                            std::shared_ptr<nccl::Watch> watch);

}  // namespace assay
