// A GPU's facts from cudart.
#pragma once

#include "harness/core/gpu_speed_of_light.h"
#include "harness/core/result.h"

namespace assay {

/// Identity and attributes; everything that needs NVML is left absent.
DeviceFacts cuda_facts(int ordinal);

/// What the speed of light is computed from. `facts` already holds NVML's values.
GpuPart gpu_part(int ordinal, const DeviceFacts& facts);

}  // namespace assay
