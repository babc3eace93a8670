// Which flags a verb of `assay cluster` looks at.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/arguments.h"

namespace assay::cli {

/// Throws Error for a flag that was typed and that the verb would not look at: whoever wrote it
/// expects something else of the verb.
void refuse_unused_flags(const std::string& verb, const Arguments& arguments);

/// Flags that were typed and that a dry run does not look at: `--output`, …
std::vector<std::string> unused_by_dry_run(const Arguments& arguments);

}  // namespace assay::cli
