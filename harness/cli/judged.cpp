// Finds the profile and the baselines that judge documents.
#include "harness/cli/judged.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

#include "harness/cli/fit_profile.h"
#include "harness/conformance/requirement.h"
#include "harness/core/consistency.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/json_files.h"
#include "harness/core/print.h"

namespace assay::cli {

namespace {

/// Judging by a profile that has changed since the run is allowed, and said.
void warn_of_other_profile(const std::vector<Result>& results, const Profile& profile) {
  const auto differs = [&](const Result& result) {
    return !result.imported && result.run.profile_sha256 != profile.sha256;
  };
  const auto number = std::count_if(results.begin(), results.end(), differs);
  if (number == 0) return;
  print(stderr,
        fmt::format("assay: warning: {} of {} documents {} made with another version of profile {} "
                    "than the one that judges\n",
                    number, results.size(), number == 1 ? "was" : "were", profile.name));
}

}  // namespace

std::vector<std::filesystem::path> inputs_of(const Arguments& arguments) {
  std::vector<std::filesystem::path> inputs = expand_paths(arguments.operands());
  for (const auto& file : files_of_profile(arguments.value_or_empty("profile")))
    inputs.push_back(file);
  const std::filesystem::path baseline = arguments.value_or_empty("baseline");
  std::error_code ignored;
  if (!std::filesystem::is_directory(baseline, ignored)) {
    if (!baseline.empty()) inputs.push_back(baseline);
    return inputs;
  }
  const std::vector<std::filesystem::path> files = json_files(baseline);
  inputs.insert(inputs.end(), files.begin(), files.end());
  return inputs;
}

std::vector<Result> read_results(const std::vector<std::string>& operands) {
  std::vector<Result> results;
  for (const auto& path : expand_paths(operands)) {
    results.push_back(read_result(path));
    refuse_contradictions(results.back(), path.string());
  }
  return results;
}

std::string profile_of(const std::vector<Result>& results) {
  std::set<std::string> names;
  for (const Result& result : results) names.insert(result.run.profile_name);
  if (names.size() > 1)
    throw Error(
        fmt::format("the documents were made with different profiles ({}): say which one "
                    "judges them with --profile",
                    fmt::join(names, ", ")));
  const auto known = builtin_profile_names();
  if (std::find(known.begin(), known.end(), *names.begin()) == known.end())
    throw Error(
        fmt::format("the documents were made with profile {}, which is not built in: give "
                    "its file with --profile",
                    *names.begin()));
  return *names.begin();
}

std::vector<Baseline> read_baselines(const Arguments& arguments) {
  std::vector<Baseline> baselines;
  if (arguments.has("baseline")) baselines = load_baselines(arguments.value("baseline"));
  for (Baseline& builtin : builtin_baselines()) baselines.push_back(std::move(builtin));
  return baselines;
}

VerdictDocument judged(std::vector<Result> results, const Arguments& arguments) {
  Evidence evidence;
  evidence.results = std::move(results);
  const Profile profile = load_profile(arguments.has("profile") ? arguments.value("profile")
                                                                : profile_of(evidence.results));
  warn_of_other_profile(evidence.results, profile);
  evidence.profile = &profile;
  evidence.baselines = read_baselines(arguments);
  return judge(evidence);
}

}  // namespace assay::cli
