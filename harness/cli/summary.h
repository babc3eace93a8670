// What a run measured, one line a case: a reading aid, never a judgement.
#pragma once

#include <string>

#include "harness/core/result.h"

namespace assay::cli {

std::string summary(const Result& result);

}  // namespace assay::cli
