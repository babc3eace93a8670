// How the documents of one run name each other.
#pragma once

#include <string>

#include "harness/core/result.h"

namespace assay {

/// The SHA-256 of a result document but for `documents`, in which the documents of a run name each
/// other by this: no document could hold the hash of one that holds its own.
std::string content_sha256(const Result& result);

}  // namespace assay
