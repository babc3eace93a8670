// Holds a profile to the requirements and implementations that are linked in.
#include "harness/cli/fit_profile.h"

#include <fmt/format.h>

#include <algorithm>

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

std::set<std::string> unknown_backends(const Profile& profile,
                                       const std::vector<Implemented>& implemented) {
  std::set<std::string> unknown;
  for (const ProfileCases& line : profile.cases) unknown.insert(line.backend);
  for (const Implemented& one : implemented) unknown.erase(one.backend);
  return unknown;
}

std::vector<std::filesystem::path> files_of_profile(const std::string& name_or_path) {
  const std::vector<std::string> builtin = builtin_profile_names();
  const bool is_builtin = std::find(builtin.begin(), builtin.end(), name_or_path) != builtin.end();
  if (is_builtin || name_or_path.empty()) return {};
  return {name_or_path};
}

}  // namespace assay::cli
