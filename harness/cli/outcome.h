// What a run that has ended means to its user.
#pragma once

#include <string>

#include "harness/core/error.h"
#include "harness/core/result.h"

namespace assay::cli {

/// The exit code says whether every answer was right; how fast they came is for `check`.
ExitCode outcome(const Result& result, bool verify_only);

/// The command that judges what is at `path`; a built-in profile is found by the document's name.
std::string check_line(const std::string& path, const std::string& profile);

}  // namespace assay::cli
