// Converts result documents of schema 1.0, which kept under `extensions` what is in fields of 1.1.
#pragma once

#include "harness/core/result.h"

namespace assay {

constexpr const char* kVersion1_0 = "1.0";

/// Moves the `extensions` of a 1.0 document to the fields of 1.1. Entries that do not have the form
/// that assay wrote stay where they are.
void to_layout_1_1(Json& document);
/// The reverse, for the hash by which other documents name it.
void to_layout_1_0(Json& document);

}  // namespace assay
