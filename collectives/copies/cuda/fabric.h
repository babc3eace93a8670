// Copies by CUDA's copy engines, each on a stream of its own.
#pragma once

#include <memory>
#include <vector>

#include "collectives/copies/copy_set.h"

namespace assay {

/// `devices` holds all devices of this process, by the index that copies use. The timed stream is
/// that of devices[timed]. Enables peer access between the devices of each copy where they have it.
std::shared_ptr<CopyFabric> make_cuda_fabric(const std::vector<Device*>& devices, int timed,
                                             const PlannedCopies& copies);

}  // namespace assay
