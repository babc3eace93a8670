// Makes a CUtensorMap, through the driver's entry point so that no libcuda is linked.
#pragma once

#include <cuda.h>

#include "kernels/device/tensor_map.h"

namespace assay::device {

/// Host. Throws Error with the rule that `spec` breaks, or when no driver is present.
CUtensorMap encode_tensor_map(const TensorMapSpec& spec);

}  // namespace assay::device
