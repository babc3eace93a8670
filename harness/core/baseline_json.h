// A baseline from a JSON document that its schema has accepted.
#pragma once

#include <string>

#include "harness/core/baseline.h"

namespace assay {

/// Throws Error, beginning with `where`, for errors that a schema cannot express.
Baseline baseline_from_json(const Json& document, const std::string& where);

}  // namespace assay
