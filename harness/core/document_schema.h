// The first half of reading any document: its kind, its version, its schema.
#pragma once

#include <string>

#include "harness/core/document.h"

namespace assay {

/// `assay.result` and so on.
const char* name(DocumentKind kind);
/// Throws Error with one line naming the place and what was expected there. What no schema can
/// say is left to the parser of each kind; validate() does both.
void check_schema(const Json& document, DocumentKind kind, const std::string& where);

}  // namespace assay
