// A profile that this executable can run and judge by.
#pragma once

#include <string>

#include "harness/core/profile.h"

namespace assay::cli {

/// A built-in name or a file. Throws Error, naming the profile's entry, also for what no schema
/// knows: requirements, implementations, dtypes and sizes that do not exist.
Profile load_fit_profile(const std::string& name_or_path);

}  // namespace assay::cli
