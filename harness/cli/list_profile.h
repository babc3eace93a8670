// What a profile is for, how long it takes and what it requires, as `assay list` shows it.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/listed_cases.h"
#include "harness/core/profile.h"

namespace assay::cli {

/// The profiles that users see, each with what it is for; not those of the kernels' developers.
Json profiles_json();
std::string profiles_text();

/// Adds `description`, `duration_s` and `requirements` to the list of a profile's cases.
void add_profile(const Profile& profile, Json& list);
/// Requirements with level, axis, when they apply and why they matter; then how long a run takes.
std::string profile_text(const Profile& profile, const std::vector<ListedCase>& cases);

}  // namespace assay::cli
