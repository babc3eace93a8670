// Times the plans of gemm.bf16.sm90 on a GPU: what a sweep is made of.
#pragma once

#include "harness/measure/device.h"
#include "kernels/gemm/sm90/sweep.h"

namespace assay::sm90 {

/// Every plan of a shape, up to 40. Throws Error, saying why, where the kernel does not run.
std::vector<TimedPlan> time_plans(Device& device, const GemmShape& shape);

}  // namespace assay::sm90
