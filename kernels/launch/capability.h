// Which devices a kernel runs on. Light: for .cu too.
#pragma once

#include <optional>
#include <string>

namespace assay {

class Device;

/// By the major compute capability.
struct Capability {
  int major = 0;      ///< 0: any.
  bool only = false;  ///< Does not run on later ones.
};

/// Why a device lacks it, or nothing. A device that does not report its capability is assumed to
/// have it.
std::optional<std::string> capability_missing(Capability needed, const Device& device);

}  // namespace assay
