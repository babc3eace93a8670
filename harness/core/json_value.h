// Small helpers for the files that turn C++ into documents and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/result.h"

namespace assay {

/// Throws Error naming the first number that JSON cannot hold (NaN, infinity): `what: /pointer`.
void require_finite(const Json& document, const std::string& what);

/// A value in a message: short, on one line.
std::string shown(const Json& value);

}  // namespace assay
