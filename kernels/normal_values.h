// Normal deviates rounded to an element type, made by every core of the host.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/core/dtype.h"
#include "kernels/inputs.h"

namespace assay {

class Device;

std::vector<float> normal_values(const Device& device, InputArray array, std::size_t count,
                                 Dtype rounding);

}  // namespace assay
