// A profile that this executable can run and judge by.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "harness/core/asked_cases.h"
#include "harness/core/profile.h"

namespace assay::cli {

/// A built-in name or a file. Throws Error, naming the profile's entry, also for what no schema
/// knows: requirements, implementations, dtypes and sizes that do not exist.
Profile load_fit_profile(const std::string& name_or_path);

/// The backends of the profile's cases that have nothing in `implemented`: it is not known whether
/// the implementations that are named for them exist.
std::set<std::string> unknown_backends(const Profile& profile,
                                       const std::vector<Implemented>& implemented);

/// The files that a flag which takes NAME|FILE has read: one, or none for a built-in profile.
std::vector<std::filesystem::path> files_of_profile(const std::string& name_or_path);

}  // namespace assay::cli
