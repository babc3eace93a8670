// How JSON is written for others.
#pragma once

#include <string>

#include "harness/core/result.h"

namespace assay {

/// Indented, in ASCII alone, so that a terminal shows every name as it is written; bytes that are
/// no UTF-8 become U+FFFD. Ends with a line end.
std::string json_text(const Json& value);

}  // namespace assay
