// Holds a profile to the requirements and implementations that are linked in.
#include "harness/cli/fit_profile.h"

#include <fmt/format.h>

#include "harness/conformance/requirement.h"
#include "harness/run/implemented.h"

namespace assay::cli {

Profile load_fit_profile(const std::string& name_or_path) {
  Profile profile = load_profile(name_or_path);
  try {
    refuse_unknown_cases(profile, run::implemented());
    refuse_unfit(profile);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", name_or_path, error.what()));
  }
  return profile;
}

}  // namespace assay::cli
