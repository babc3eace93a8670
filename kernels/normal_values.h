// Normal deviates rounded to an element type, made by every core of the host.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/inputs.h"
#include "kernels/rounding.h"

namespace assay {

class Device;

std::vector<float> normal_values(const Device& device, InputArray array, std::size_t count,
                                 Element rounding);

}  // namespace assay
