// Turns a failed call of the CUDA runtime into an Error that says what was attempted.
#pragma once

#include <cuda_runtime_api.h>

#include <source_location>
#include <string>

#include "harness/core/error.h"

namespace assay {

inline void check(cudaError_t code, const char* attempted,
                  std::source_location where = std::source_location::current()) {
  if (code == cudaSuccess) return;
  throw Error(std::string(attempted) + " failed: " + cudaGetErrorString(code) + " (" +
                  cudaGetErrorName(code) + ")",
              ExitCode::broken, where);
}

}  // namespace assay
