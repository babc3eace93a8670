// What cudart tells of a GPU.
#pragma once

#include "harness/core/result.h"
#include "harness/measure/gpu_speed_of_light.h"

namespace assay {

/// Identity and attributes; everything that needs NVML is left absent.
DeviceFacts cuda_facts(int ordinal);

/// What the speed of light follows from, when NVML has had its say in `facts`.
GpuPart gpu_part(int ordinal, const DeviceFacts& facts);

}  // namespace assay
