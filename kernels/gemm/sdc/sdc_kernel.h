// How a search for silent data corruption enrols itself. Light: for .cu too.
#pragma once

#include "kernels/gemm/gemm_kernel.h"
#include "kernels/gemm/sdc/difference.h"

namespace assay {

/// A kernel whose plan never varies, and the one that compares its results.
struct SdcKernel {
  GemmKernel product;
  KernelPlan<ComparedResults> (*compare)(int multiprocessors);
  OutputTile tile;  ///< What a wrong word is named by.
};

/// A namespace-scope object of this type enrols the search.
struct SdcKernelEnrolment {
  explicit SdcKernelEnrolment(const SdcKernel& kernel);
};

}  // namespace assay
