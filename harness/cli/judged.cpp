// Finds the profile and the baselines that judge documents.
#include "harness/cli/judged.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <functional>
#include <set>
#include <system_error>
#include <thread>
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

/// Documents in another place until the object goes, not copied: a fleet's take gigabytes.
class Lent {
 public:
  Lent(std::vector<Result>& owner, std::vector<Result>& borrower)
      : owner_(owner), borrower_(borrower) {
    owner_.swap(borrower_);
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  ~Lent() { owner_.swap(borrower_); }

 private:
  std::vector<Result>&owner_, &borrower_;
};

/// Threads beside this one, as many as there is work for and the machine allows.
std::vector<std::jthread> readers(std::size_t documents, const std::function<void()>& read_on) {
  constexpr std::size_t kMost = 8;  // each holds a document's JSON
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::jthread> threads;
  try {
    for (std::size_t i = 1; i < std::min({documents, processors, kMost}); ++i)
      threads.emplace_back(read_on);
  } catch (const std::system_error&) {  // a limit of threads: those that there are suffice
  }
  return threads;
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

/// On all processors: parsing takes most of the time of a verdict on a fleet. Of several documents
/// that are refused, the first one's reason is given.
std::vector<Result> read_results(const std::vector<std::string>& operands) {
  const std::vector<std::filesystem::path> paths = expand_paths(operands);
  std::vector<Result> results(paths.size());
  std::vector<std::exception_ptr> problems(paths.size());
  std::atomic<std::size_t> next = 0;
  const auto read_on = [&] {
    for (std::size_t at = next++; at < paths.size(); at = next++) {
      try {
        results[at] = read_result(paths[at]);
        refuse_contradictions(results[at], paths[at].string());
      } catch (...) {
        problems[at] = std::current_exception();
        next = paths.size();
      }
    }
  };
  {
    const std::vector<std::jthread> helpers = readers(paths.size(), read_on);
    read_on();
  }
  for (const std::exception_ptr& problem : problems)
    if (problem) std::rethrow_exception(problem);
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

VerdictDocument judged(std::vector<Result>& results, const Arguments& arguments) {
  Evidence evidence;
  const Lent lent(results, evidence.results);
  const Profile profile = load_profile(arguments.has("profile") ? arguments.value("profile")
                                                                : profile_of(evidence.results));
  warn_of_other_profile(evidence.results, profile);
  evidence.profile = &profile;
  evidence.baselines = read_baselines(arguments);
  return judge(evidence);
}

}  // namespace assay::cli
