// Makes a CUtensorMap that the emulator understands.
#pragma once

#include <cuda.h>

#include "kernels/device/tensor_map.h"
#include "kernels/emulator/bulk_copy.h"

namespace assay::device {

inline CUtensorMap encode_tensor_map(const TensorMapSpec& spec) {
  return emulator::encode_tensor_map(spec);
}

}  // namespace assay::device
