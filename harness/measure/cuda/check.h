// Turns a failed call of the CUDA runtime into an Error that says what was attempted.
#pragma once

#include <cuda_runtime_api.h>

#include <algorithm>
#include <array>
#include <source_location>
#include <string>

#include "harness/core/error.h"
#include "harness/measure/device_lost.h"

namespace assay {

/// After these the process can do nothing more with the device. By number: a toolkit names those
/// that it knows. The runtime's manual asks for a new process for all but the uncorrectable errors
/// of memory and NVLink, whose context is gone too.
inline bool is_sticky(cudaError_t code) {
  constexpr std::array kSticky = {214, 220, 226, 700, 702, 710, 714, 715,
                                  716, 717, 718, 719, 721, 810, 911};
  return std::find(kSticky.begin(), kSticky.end(), static_cast<int>(code)) != kSticky.end();
}

/// Throws DeviceLost for what every later call would give too.
inline void check(cudaError_t code, const char* attempted,
                  std::source_location where = std::source_location::current()) {
  if (code == cudaSuccess) return;
  const std::string message = std::string(attempted) + " failed: " + cudaGetErrorString(code) +
                              " (" + cudaGetErrorName(code) + ")";
  if (is_sticky(code)) throw DeviceLost(message, where);
  throw Error(message, ExitCode::broken, where);
}

}  // namespace assay
