// Result documents of schema 1.0, which kept under `extensions` what 1.1 has fields for.
#pragma once

#include "harness/core/result.h"

namespace assay {

constexpr const char* kVersion1_0 = "1.0";

/// Moves what a 1.0 document has under `extensions` to where 1.1 has it. What has another form
/// than assay wrote stays there.
void to_layout_1_1(Json& document);
/// The reverse, for the hash by which other documents name it.
void to_layout_1_0(Json& document);

}  // namespace assay
