// The error after which a device does nothing more for this process.
#pragma once

#include <source_location>
#include <string>

#include "harness/core/error.h"

namespace assay {

class Device;

/// A kernel faulted, and every later call of CUDA's gives the same error: what comes next needs a
/// process of its own.
class DeviceLost : public Error {
 public:
  explicit DeviceLost(const std::string& message,
                      std::source_location where = std::source_location::current())
      : Error(message, ExitCode::broken, where) {}
};

/// Behind every failure of a case, before another one begins: throws DeviceLost, which `failure`
/// begins, where the device is gone with it. What has failed does not tell: a library has numbers
/// of its own, a capture swallows them, a refusal may be one. Waits for what is queued, so that a
/// fault of this case that is yet to come is not found in the next.
void throw_if_lost(Device& device, const std::string& failure);

}  // namespace assay
