// Finds the profile and the baselines that judge documents.
#include "harness/cli/judged.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "harness/cli/fit_profile.h"
#include "harness/cli/in_order.h"
#include "harness/conformance/baseline_lookup.h"
#include "harness/conformance/node_documents.h"
#include "harness/conformance/requirement.h"
#include "harness/conformance/telemetry.h"
#include "harness/core/digest.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/json_files.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"
#include "harness/core/read_partly.h"
#include "harness/core/simulation.h"

namespace assay::cli {

namespace {

/// `the document was`, `1 of 3 documents was`, `all 3 documents were`.
std::string some_of(std::ptrdiff_t number, std::size_t all, const char* of_one,
                    const char* of_several) {
  const bool are_all = static_cast<std::size_t>(number) == all;
  const std::string subject = all == 1  ? "the document"
                              : are_all ? fmt::format("all {} documents", all)
                                        : fmt::format("{} of {} documents", number, all);
  return fmt::format("{} {}", subject, number == 1 ? of_one : of_several);
}

/// Judging by a profile that has changed since the run is allowed, and said.
void warn_of_other_profile(const std::vector<Result>& results, const Profile& profile) {
  const auto differs = [&](const Result& result) {
    return !result.imported && result.run.profile_sha256 != profile.sha256;
  };
  const auto number = std::count_if(results.begin(), results.end(), differs);
  if (number == 0) return;
  const bool is_version = std::all_of(results.begin(), results.end(), [&](const Result& result) {
    return !differs(result) || result.run.profile_name == profile.name;
  });
  print(stderr,
        fmt::format("assay: warning: {} made with another {}\n",
                    some_of(number, results.size(), "was", "were"),
                    is_version ? fmt::format("version of profile {} than the one that "
                                             "judges",
                                             profile.name)
                               : fmt::format("profile than {}, which judges", profile.name)));
}

/// A verdict of a model's figures looks like one of hardware.
void warn_of_simulation(const std::vector<Result>& results) {
  // None is judged beside a measured one.
  if (results.empty() || !is_simulation(results.front())) return;
  print(stderr, fmt::format("assay: warning: {} simulated: no hardware was measured for {}\n",
                            some_of(std::ssize(results), results.size(), "is", "are"),
                            results.size() == 1 ? "it" : "them"));
}

/// Warns of baselines that match no device: they look as if they had judged.
void warn_of_other_baselines(const std::vector<Result>& results,
                             const std::vector<Baseline>& given) {
  std::set<std::string> devices, parts;
  for (const Result& result : results)
    for (const NodeFacts& node : result.nodes)
      for (const DeviceFacts& device : node.devices) {
        if (std::any_of(given.begin(), given.end(),
                        [&](const Baseline& one) { return is_of(one, device); }))
          return;
        devices.insert(baseline_sku(device));
      }
  for (const Baseline& one : given) parts.insert(one.sku);
  if (devices.empty() || parts.empty()) return;
  print(stderr, plain_line(fmt::format("assay: warning: --baseline judges nothing here: it is of "
                                       "{}, and the documents are of {}",
                                       fmt::join(parts, ", "), fmt::join(devices, ", "))) +
                    "\n");
}

/// Of `baselines` those that are not built in, without their rows.
std::vector<Baseline> given_of(const std::vector<Baseline>& baselines) {
  std::vector<Baseline> given;
  const std::size_t built_in = builtin_baselines().size();
  for (std::size_t i = 0; i + built_in < baselines.size(); ++i)
    given.push_back({baselines[i].name, baselines[i].sku, baselines[i].pci_ids, false, {}});
  return given;
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

/// The one built-in profile of these names. Throws Error when there is none.
std::string only_profile(const std::set<std::string>& names) {
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

/// Judges the documents of a fleet while they are read.
class FleetJudge {
 public:
  explicit FleetJudge(const Arguments& arguments) : arguments_(arguments) {}

  /// False: they are to be judged all at once.
  bool take(std::vector<Result>& some) {
    for (const Result& result : some) names_.insert(result.run.profile_name);
    if (!problem_) try_to_look(some);
    return is_possible_;
  }

  std::optional<VerdictDocument> verdict() {
    if (!is_possible_) return std::nullopt;
    if (problem_) std::rethrow_exception(problem_);
    VerdictDocument verdict = judge_->verdict();
    warn_of_simulation(judge_->documents());
    warn_of_other_profile(judge_->documents(), profile_);
    warn_of_other_baselines(judge_->documents(), given_);
    return verdict;
  }

 private:
  /// Faults of documents are reported before faults of the profile.
  void try_to_look(std::vector<Result>& some) {
    try {
      const std::string name =
          arguments_.has("profile") ? arguments_.value("profile") : only_profile(names_);
      if (!judge_) {
        profile_ = load_profile(name);
        const bool has_lists = arguments_.value("format") == "json";
        std::vector<Baseline> baselines = read_baselines(arguments_);
        given_ = given_of(baselines);
        judge_.emplace(profile_, std::move(baselines),
                       has_lists ? Judge::Lists::kept : Judge::Lists::left_out);
      }
      is_possible_ = judge_->looks_at_some() && std::all_of(some.begin(), some.end(), is_alone);
      if (is_possible_) some = judge_->look(std::move(some));
    } catch (const Error&) {
      problem_ = std::current_exception();
    }
  }

  const Arguments& arguments_;
  Profile profile_;
  std::vector<Baseline> given_;  // without rows
  std::optional<Judge> judge_;
  std::set<std::string> names_;  // of the profiles that the documents were made with
  bool is_possible_ = true;
  std::exception_ptr problem_;
};

/// The documents hold no names of files, but a user has to know which of them to leave out.
template <class Judging>
auto with_names_of_files(const Arguments& arguments, const Judging& judging) {
  try {
    return judging();
  } catch (const RepeatedNode& repeated) {
    const std::vector<std::filesystem::path> paths = expand_paths(arguments.operands());
    throw Error(fmt::format("{} and {}: {}", paths.at(repeated.first()).string(),
                            paths.at(repeated.second()).string(), repeated.what()));
  }
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

std::vector<VerdictInput> verdict_inputs(const Arguments& arguments) {
  std::vector<VerdictInput> inputs;
  for (const std::filesystem::path& path : inputs_of(arguments)) {
    VerdictInput& input = inputs.emplace_back(VerdictInput{plain_line(path.string()), {}});
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) input.sha256 = sha256_hex(read_text(path));
  }
  return inputs;
}

std::vector<Result> read_results(const std::vector<std::string>& operands) {
  std::vector<Result> results;
  const auto whole = [](const std::filesystem::path& path, Result& result) {
    result = read_result(path);
  };
  read_in_order(expand_paths(operands), whole, [&](std::vector<Result>& some) {
    std::move(some.begin(), some.end(), std::back_inserter(results));
    return true;
  });
  return results;
}

std::string profile_of(const std::vector<Result>& results) {
  std::set<std::string> names;
  for (const Result& result : results) names.insert(result.run.profile_name);
  return only_profile(names);
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
  evidence.profile = &profile;
  evidence.baselines = read_baselines(arguments);
  VerdictDocument verdict = with_names_of_files(arguments, [&] { return judge(evidence); });
  warn_of_simulation(evidence.results);
  warn_of_other_profile(evidence.results, profile);
  warn_of_other_baselines(evidence.results, given_of(evidence.baselines));
  return verdict;
}

std::optional<VerdictDocument> judged_as_read(const Arguments& arguments) {
  FleetJudge judge(arguments);
  const auto judged_parts = [](const std::filesystem::path& path, Result& result) {
    read_result(path, kJudgedTelemetry, result);
  };
  read_in_order(expand_paths(arguments.operands()), judged_parts,
                [&](std::vector<Result>& some) { return judge.take(some); });
  return with_names_of_files(arguments, [&] { return judge.verdict(); });
}

}  // namespace assay::cli
