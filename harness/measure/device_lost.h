// The error after which a device does nothing more for this process.
#pragma once

#include <source_location>
#include <string>

#include "harness/core/error.h"

namespace assay {

/// A kernel faulted, and every later call of CUDA's gives the same error: what comes next needs a
/// process of its own.
class DeviceLost : public Error {
 public:
  explicit DeviceLost(const std::string& message,
                      std::source_location where = std::source_location::current())
      : Error(message, ExitCode::broken, where) {}
};

}  // namespace assay
