// What a run measured, one line a case: a reading aid, never a judgement.
#pragma once

#include <string>

#include "harness/core/result.h"

namespace assay::cli {

/// In lines of `width` columns; a reason that several cases share stands once, below the table.
std::string summary(const Result& result, std::size_t width);

}  // namespace assay::cli
