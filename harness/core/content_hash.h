// The hash by which the documents of one run name each other.
#pragma once

#include <string>

#include "harness/core/result.h"

namespace assay {

/// The SHA-256 of a result document without its field `documents`, in which the documents of a run
/// name each other by this hash. The field is left out because two documents cannot contain each
/// other's hash.
std::string content_sha256(const Result& result);

}  // namespace assay
