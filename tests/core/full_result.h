// A result in which every field of the document is set, for tests that must see them all.
#pragma once

#include "harness/core/result.h"

namespace assay::test {

Result full_result();

}  // namespace assay::test
