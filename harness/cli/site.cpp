// `assay site`: many runs as static pages; a pure function of files.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>

#include "harness/cli/command.h"
#include "harness/cli/judged.h"
#include "harness/cli/report_input.h"
#include "harness/conformance/requirement.h"
#include "harness/core/consistency.h"
#include "harness/core/document.h"
#include "harness/core/number_of.h"
#include "harness/core/output.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"
#include "harness/core/process_identity.h"
#include "harness/core/profile.h"
#include "harness/core/version.h"
#include "harness/report/page.h"
#include "harness/report/report_data.h"
#include "harness/site/run_folders.h"
#include "harness/site/run_summary.h"
#include "harness/site/site_data.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

/// Names of files that every file system and address takes, each once.
class PageNames {
 public:
  std::string of(const std::string& run) {
    constexpr std::size_t kLongest = 100;
    std::string plain;
    for (const char letter : run.substr(0, kLongest)) {
      const bool is_safe = std::isalnum(static_cast<unsigned char>(letter)) != 0;
      plain += is_safe || letter == '_' || letter == '.' ? letter : '-';
    }
    while (plain.starts_with('.')) plain.erase(0, 1);
    std::string name = plain;
    for (int again = 2; !taken_.insert(lower(name)).second; ++again)
      name = fmt::format("{}-{}", plain, again);
    return name + ".html";
  }

 private:
  static std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return text;
  }
  std::set<std::string> taken_;
};

/// The profiles that are built in, each read once, and the baselines.
class Judge {
 public:
  explicit Judge(const Arguments& arguments) : baselines_(read_baselines(arguments)) {
    for (const std::string& name : builtin_profile_names()) profiles_[name] = load_profile(name);
  }
  Judgement judgement_of(const std::vector<Result>& results) const {
    try {
      for (const Result& result : results) refuse_contradictions(result, result.run.id);
      return {judge({results, &profiles_.at(profile_of(results)), baselines_}), ""};
    } catch (const Error& problem) {
      return {std::nullopt, problem.what()};
    }
  }
  double margin_of(const std::string& profile) const {
    const auto found = profiles_.find(profile);
    return found == profiles_.end() ? ComparisonRule{}.margin : found->second.comparison.margin;
  }

 private:
  std::vector<Baseline> baselines_;
  std::map<std::string, Profile> profiles_;
};

OutputKind page_kind() { return text_beginning("a page", std::string(kPageBeginning)); }

/// Pages of runs that an earlier site had and this one has not.
void remove_old_pages(const fs::path& folder, const std::set<fs::path>& written) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const bool is_old = entry.path().extension() == ".html" && !written.contains(entry.path());
    if (is_old && is_one(page_kind(), entry.path())) fs::remove(entry.path(), ignored);
  }
}

class Site {
 public:
  Site(const Arguments& arguments, fs::path folder)
      : judge_(arguments), folder_(std::move(folder)) {}

  void add(const RunFiles& files) {
    compare::SideInput run;
    std::vector<Result> results;
    for (const fs::path& file : files.documents) {
      try {
        results.push_back(read_result(file));
        documents_.add(file.string(), results.back());
      } catch (const Error& problem) {
        unreadable_.push_back({file.string(), problem.what()});
        print(stderr, fmt::format("assay: warning: not shown: {}\n", plain_line(problem.what())));
        return;
      }
    }
    Judgement judgement = judge_.judgement_of(results);
    for (std::size_t i = 0; i < results.size(); ++i)
      run.documents.push_back({files.documents[i].filename().string(), results[i]});
    RunSummary summary = run_summary(files, run);
    summary.page = "runs/" + names_.of(files.name);
    summary.margin = judge_.margin_of(summary.profile);
    summary.verdict = judgement.verdict;
    summary.not_judged = judgement.not_judged;
    const ReportInput input =
        report_input(files.documents, std::move(results), std::move(judgement), "../index.html");
    write_text(html_page(report_data(input)), folder_ / summary.page);
    written_.insert(folder_ / summary.page);
    runs_.push_back(std::move(summary));
  }

  /// Last, so that the list never names a page that is not there yet.
  void finish() {
    if (runs_.empty()) throw Error("no run can be shown: see the warnings");
    const std::size_t count = runs_.size();
    write_text(html_page(site_data(version(), std::move(runs_), unreadable_)),
               folder_ / "index.html");
    remove_old_pages(folder_ / "runs", written_);
    print(fmt::format("Site: {}, {} not shown: {}\n", number_of(count, "run"), unreadable_.size(),
                      (folder_ / "index.html").string()));
  }

 private:
  Judge judge_;
  fs::path folder_;
  PageNames names_;
  DistinctDocuments documents_;
  std::vector<RunSummary> runs_;
  std::vector<Unreadable> unreadable_;
  std::set<fs::path> written_;
};

ExitCode execute_site(const Arguments& arguments) {
  if (arguments.operands().size() != 1)
    throw Error("name one folder of runs: assay site DIR -o DIR");
  const fs::path folder = arguments.value("output");
  if (!is_one(page_kind(), folder / "index.html"))
    refuse_taken_folder(folder, arguments.has("force"));
  const std::vector<RunFiles> runs = run_folders(arguments.operands().front());
  std::error_code problem;
  fs::create_directories(folder / "runs", problem);
  if (problem)
    throw Error(
        fmt::format("cannot make folder {}: {}", (folder / "runs").string(), problem.message()));
  Site site(arguments, folder);
  for (const RunFiles& run : runs) site.add(run);
  site.finish();
  return ExitCode::passed;
}

}  // namespace

Command site_command() {
  Command command;
  command.name = "site";
  command.summary = "make a static site of many runs";
  command.synopsis = "DIR [--baseline FILE|DIR] -o DIR [--force]";
  command.description = {
      "Writes index.html and a report of each run in runs/: a list that filters by machine, SKU, "
      "cloud, fabric, profile, verdict and date; what is to be measured again and when, a year "
      "after each last run; every case over time with the places where it changed; and any two "
      "runs compared as `assay compare` does, the devices of a run together. It loads nothing "
      "from elsewhere, and opens from a folder and from any static host.",
      "A folder below DIR that has nodes/ is one run; every other result document is a run of its "
      "own. The first folder on a run's path names its cluster, whose runs are one history; "
      "without one, its nodes do. The cloud follows from the labels of the nodes; the label "
      "assay.io/cloud says it otherwise. A document that cannot be read, or that is one more of a "
      "process of a run, is listed with the reason, and the rest is shown."};
  command.options = {{.name = "baseline",
                      .value_name = "FILE|DIR",
                      .help = "Baselines to judge by, beside those that are built in."},
                     {.name = "output",
                      .letter = 'o',
                      .value_name = "DIR",
                      .help = "Write the site to this folder. An earlier site there is replaced.",
                      .required = true},
                     {.name = "force", .help = "Write into a folder that holds something else."}};
  command.operands = {"DIR", true};
  command.exit_status = {
      {"0", "The site was written, whatever the verdicts."},
      {"2", "DIR holds no document that can be shown, or the site cannot be written."}};
  command.examples = {{"assay site runs/ -o public/",
                       "A page of all runs in runs/CLUSTER/DATE/, for any static host."}};
  command.execute = execute_site;
  return command;
}

}  // namespace assay::cli
