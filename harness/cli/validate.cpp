// `assay validate`: says of each file whether it is one of Assay's documents, whole and in order.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "harness/cli/command.h"
#include "harness/cli/fit_profile.h"
#include "harness/conformance/baseline_lint.h"
#include "harness/core/attestation.h"
#include "harness/core/consistency.h"
#include "harness/core/document.h"
#include "harness/core/folder.h"
#include "harness/core/line_of.h"
#include "harness/core/message.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"
#include "harness/core/regular_expression.h"
#include "harness/run/implemented.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

/// Every `*.json` below a folder, of whatever kind, in an order that does not depend on the disk.
std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;  // a loop of links is no folder: reading it says why
  visit_below(folder, [&](const fs::directory_entry& entry) {
    if (!entry.is_directory(ignored) && entry.path().extension() == ".json" &&
        !is_envelope(entry.path()))
      files.push_back(entry.path());
  });
  std::sort(files.begin(), files.end());
  if (files.empty()) throw Error(fmt::format("{}: no *.json in this folder", folder.string()));
  return files;
}

/// `problem` with the line of the place that it names, as in `file: /cases/0/shapes: what` or
/// `file: top level: unknown field "case"`.
std::string with_line(const std::string& problem, const std::string& text) {
  static const RegularExpression place(R"re(: (/.*?|top level): (?:unknown field "(.*)")?)re");
  const std::vector<std::string> found = place.groups_in(problem);
  if (found.empty()) return problem;
  std::string pointer = found[1] == "top level" ? "" : found[1];
  if (!found[2].empty()) pointer += "/" + found[2];
  const auto line = line_of(text, pointer);
  return line ? fmt::format("{} (line {})", problem, *line) : problem;
}

/// Those that are built in and those among the files, for the comparison of each with the others.
std::vector<Baseline> baselines_among(const std::vector<fs::path>& files) {
  std::vector<Baseline> baselines = builtin_baselines();
  for (const fs::path& path : files) {
    try {
      baselines.push_back(baseline_from_text(read_text(path), path.string()));
    } catch (const Error&) {  // another kind, or one that validate_file refuses
    }
  }
  return baselines;
}

/// Every line that is wrong with a baseline; none of other documents.
std::vector<std::string> mistakes_in(const fs::path& path, const std::string& as_of,
                                     const std::vector<Baseline>& others) {
  const std::string text = read_text(path);
  std::vector<std::string> lines;
  for (const std::string& mistake :
       mistakes_of(baseline_from_text(text, path.string()), as_of, others))
    lines.push_back(with_line(fmt::format("{}: {}", path.string(), mistake), text));
  return lines;
}

/// An executable without a backend does not know what its implementations are called.
void note_unknown_backends(const Profile& profile, const std::string& where) {
  for (const std::string& backend : unknown_backends(profile, run::implemented()))
    print(stderr,
          plain_line(fmt::format("assay: warning: {}: this executable was built without {}: the "
                                 "implementations that the profile names for it were not checked",
                                 where, backend)) +
              "\n");
}

/// The kind of the document; throws Error with the one line that says what is wrong.
std::string validate_file(const fs::path& path) {
  const std::string where = path.string();
  const std::string text = read_text(path);
  const Json document = parse_json(text, where);
  const DocumentKind kind = kind_of(document, where);
  try {
    validate(document, kind, where);
    if (kind == DocumentKind::result) refuse_contradictions(result_from_json(document), where);
    if (kind == DocumentKind::profile) note_unknown_backends(load_fit_profile(where), where);
  } catch (const Error& error) {
    throw Error(with_line(error.what(), text));
  }
  return document["kind"].get<std::string>();
}

/// A day of the calendar, such as 2026-11-28.
bool is_day(const std::string& text) {
  static const RegularExpression kDay("([0-9]{4})-([0-9]{2})-([0-9]{2})");
  if (!kDay.is_all_of(text)) return false;
  const auto part = kDay.groups_in(text);
  const auto number = [&](std::size_t i) { return static_cast<unsigned>(std::stoi(part[i])); };
  return std::chrono::year_month_day(std::chrono::year(static_cast<int>(number(1))),
                                     std::chrono::month(number(2)), std::chrono::day(number(3)))
      .ok();
}

std::string day_of(const Arguments& arguments) {
  if (!arguments.has("as-of")) return utc_now().substr(0, 10);
  const std::string& day = arguments.value("as-of");
  if (!is_day(day))
    throw Error(fmt::format("--as-of {}: give a date such as 2026-11-28", in_quotes(day)));
  return day;
}

ExitCode execute_validate(const Arguments& arguments) {
  ExitCode code = ExitCode::passed;
  const auto refuse = [&](const std::string& problem) {
    print(stderr, fmt::format("assay: {}\n", plain_line(problem)));
    code = ExitCode::broken;
  };
  const auto try_one = [&](const auto& step) {
    try {
      step();
    } catch (const Error& error) {
      refuse(error.what());
    }
  };
  const std::string as_of = day_of(arguments);
  std::vector<fs::path> all;
  for (const std::string& operand : arguments.operands())
    try_one([&] {
      std::error_code ignored;  // a loop of links is no folder: reading it says why
      const auto files = fs::is_directory(operand, ignored) ? files_below(operand)
                                                            : std::vector<fs::path>{operand};
      all.insert(all.end(), files.begin(), files.end());
    });
  const std::vector<Baseline> baselines = baselines_among(all);
  for (const fs::path& file : all)
    try_one([&] {
      const std::string kind = validate_file(file);
      std::vector<std::string> mistakes;
      if (kind == "assay.baseline") mistakes = mistakes_in(file, as_of, baselines);
      for (const std::string& mistake : mistakes) refuse(mistake);
      if (mistakes.empty())
        print(plain_line(fmt::format("{}: ok, {}", file.string(), kind)) + "\n");
    });
  return code;
}

}  // namespace

Command validate_command() {
  Command command;
  command.name = "validate";
  command.summary = "check documents against their schemas";
  command.synopsis = "PATH... [--as-of DATE]";
  command.description = {
      "Reads each file strictly and checks it against the schema of the kind that it says it is: "
      "result, verdict, profile or baseline. Prints one line a file: ok, or the place in the file, "
      "what was expected there and the line. A PATH is a file or a folder, whose *.json are all "
      "read but signatures.",
      "A result whose figures contradict each other, as `assay check` refuses it, is refused too.",
      "Of a profile, also what no schema knows: kinds of requirements and their parameters, "
      "implementations and dtypes of this executable, sizes that a dtype can have.",
      "Of a baseline, the mistakes that shipped ones have been seen to make: a row over what the "
      "accelerator's own figures allow at its shape, a large size under 30 % of that, a slip of "
      "unit, the figure of another SKU that is not as fast, a row that has expired or does not say "
      "where it is from, and one that no measurement can ever match.",
      "A later schema version, an unknown field, NaN, a duplicate key and anything after the end "
      "are refused."};
  command.options = {{.name = "as-of",
                      .value_name = "DATE",
                      .help = "The day on which a baseline's rows must not have expired, such as "
                              "2026-11-28. Without it: today."}};
  command.operands = {"PATH...", true};
  command.exit_status = {{"0", "Every file is valid."}, {"2", "A file is refused."}};
  command.examples = {{"assay validate result.json", "Is this a whole result document?"},
                      {"assay validate results/", "Are all of these?"}};
  command.execute = execute_validate;
  return command;
}

}  // namespace assay::cli
