// The error of a case that a library refuses only when it is asked on a device.
#pragma once

#include <source_location>
#include <string>

#include "harness/core/error.h"

namespace assay {

/// Thrown by a case's prepare(): the case is not applicable here, and the message says why.
class Refused : public Error {
 public:
  explicit Refused(const std::string& message,
                   std::source_location where = std::source_location::current())
      : Error(message, ExitCode::broken, where) {}
};

}  // namespace assay
