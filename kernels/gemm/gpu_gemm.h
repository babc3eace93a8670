// How a GEMM kernel of ours enrols itself: light, since nvcc reads it once for each architecture.
#pragma once

#include <cuda_runtime_api.h>

#include "kernels/gemm/problem.h"

namespace assay {

/// Enqueues C = A B.
using GemmLaunch = void (*)(const GemmPointers& matrices, const GemmShape& shape,
                            cudaStream_t stream);

/// A namespace-scope object of this type enrols `gemm.<dtype>.<name>`.
struct GpuGemmEnrolment {
  GpuGemmEnrolment(const char* dtype, const char* name, GemmTypes types, GemmLaunch launch,
                   const char* summary);
};

}  // namespace assay
