// CUDA's copy engines as implementations of one direction each.
#pragma once

#include "kernels/catalogue.h"
#include "kernels/copies/host_copy.h"

namespace assay {

/// A namespace-scope object of this type in the direction's own file enrols it.
struct CopyEngineEnrolment {
  CopyEngineEnrolment(CopyDirection direction, const char* workload, const char* summary);
};

}  // namespace assay
