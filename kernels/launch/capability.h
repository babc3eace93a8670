// Which devices a kernel runs on. Light: for .cu too.
#pragma once

#include <optional>
#include <string>

namespace assay {

class Device;

/// By the major compute capability.
struct Capability {
  int major = 0;      ///< 0: any.
  bool only = false;  ///< Runs on no later one either.
};

/// Why a device lacks it, or nothing. One that does not say what it has is taken to have it.
std::optional<std::string> capability_missing(Capability needed, const Device& device);

}  // namespace assay
