// Which flags a verb of `assay cluster` looks at.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/arguments.h"

namespace assay::cli {

/// Throws Error for a flag that was typed and that the verb would ignore: its user expects the verb
/// to do something else.
void refuse_unused_flags(const std::string& verb, const Arguments& arguments);

/// Flags that were typed and that a dry run does not look at: `--output`, …
std::vector<std::string> unused_by_dry_run(const Arguments& arguments);

}  // namespace assay::cli
