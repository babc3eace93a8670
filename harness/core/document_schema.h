// The first step of reading a document: its kind, version and schema.
#pragma once

#include <string>

#include "harness/core/document.h"
#include "harness/core/schema.h"

namespace assay {

/// `assay.result` and so on.
const char* name(DocumentKind kind);
/// Compiled in; read once.
const Schema& schema_of(DocumentKind kind);
/// Throws Error with one line naming the place and what was expected there. The reader of each kind
/// checks what a schema cannot express; validate() does both.
void check_schema(const Json& document, DocumentKind kind, const std::string& where);

/// Validates, and writes out as files hold it.
std::string document_text(const Json& document, DocumentKind kind, const std::string& where);

}  // namespace assay
