// A profile from a JSON document that its schema has accepted.
#pragma once

#include <string>

#include "harness/core/profile.h"

namespace assay {

/// Throws Error for what no schema can say, beginning with `where`.
Profile profile_from_json(const Json& document, const std::string& where);

}  // namespace assay
