// Copies by CUDA's copy engines, each on a stream of its own.
#pragma once

#include <memory>
#include <vector>

#include "collectives/copies/copy_set.h"

namespace assay {

/// `devices` are all of this process, by the index that copies name them with; the timed stream is
/// devices[timed]'s. Turns peer access on between the devices of the copies, where they have it.
std::shared_ptr<CopyFabric> make_cuda_fabric(const std::vector<Device*>& devices, int timed,
                                             const PlannedCopies& copies);

}  // namespace assay
