// All kernels of this folder, for the enrolment in the product and in the emulator's tests.
#pragma once

#include "kernels/gemm/on_device/fill.cuh"
#include "kernels/gemm/on_device/project.cuh"
#include "kernels/gemm/on_device/reference.cuh"
#include "kernels/gemm/on_device/scan.cuh"

namespace assay::on_device {

inline constexpr Kernels kKernels = {launch_fill, launch_project, launch_reference, launch_scan};

}  // namespace assay::on_device
