// Page-locked host memory, which a GPU's copy engines access directly.
#pragma once

#include <memory>

#include "harness/measure/device.h"

namespace assay {

/// Usable by every CUDA device of this process. Throws Error when the host has no more.
std::unique_ptr<Buffer> allocate_pinned(std::size_t bytes);

}  // namespace assay
