// Page-locked host memory: what a GPU's copy engines reach without a detour.
#pragma once

#include <memory>

#include "harness/measure/device.h"

namespace assay {

/// For every CUDA device of this process. Throws Error when the host gives no more.
std::unique_ptr<Buffer> allocate_pinned(std::size_t bytes);

}  // namespace assay
