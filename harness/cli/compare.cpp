// `assay compare`: two sets of result documents, case by case; a pure function of files.
#include "harness/compare/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "harness/cli/command.h"
#include "harness/cli/compared.h"
#include "harness/cli/compared_rows.h"
#include "harness/cli/fit_profile.h"
#include "harness/cli/terminal.h"
#include "harness/compare/obstacles.h"
#include "harness/core/consistency.h"
#include "harness/core/document.h"
#include "harness/core/document_schema.h"
#include "harness/core/message.h"
#include "harness/core/output.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"
#include "harness/core/profile.h"
#include "harness/core/version.h"
#include "harness/report/page.h"

namespace assay::cli {

namespace {

double number_in(const std::string& text, const char* flag, double most) {
  std::size_t end = 0;
  double value = -1;
  try {
    value = std::stod(text, &end);
  } catch (const std::exception&) {
    end = 0;
  }
  if (end == 0 || end != text.size() || !(value >= 0 && value <= most))
    throw Error(fmt::format("--{}: {} is no number from 0 to {}", flag, in_quotes(text), most));
  return value;
}

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// The first operand is A, the next B.
constexpr std::size_t kMostSides = 26;

constexpr double kLeastPrice = 1e-6;  // of a device and hour, in any currency

/// `A=2.5,B=3` a device and hour.
void take_prices(const Arguments& arguments, std::vector<compare::SideInput>& sides) {
  if (!arguments.has("price")) return;
  for (const std::string& part : parts_of(arguments.value("price"), ',')) {
    const std::vector<std::string> pair = parts_of(part, '=');
    const std::size_t side =
        pair[0].size() == 1 ? static_cast<std::size_t>(pair[0][0] - 'A') : sides.size();
    if (pair.size() != 2 || side >= sides.size())
      throw Error("--price: write A=PRICE,B=PRICE, each of one device and hour");
    const double price = number_in(pair[1], "price", 1e9);
    if (price < kLeastPrice) throw Error("--price: a price is above 0, from 0.000001");
    if (sides[side].price_per_device_hour)
      throw Error(fmt::format("--price: {} has two prices", pair[0]));
    sides[side].price_per_device_hour = price;
  }
  if (!std::all_of(sides.begin(), sides.end(),
                   [](const auto& side) { return side.price_per_device_hour.has_value(); }))
    throw Error("--price: needs a price of every side, as in A=2.5,B=3");
}

/// Of the profiles that the documents name, the widest margin that is known.
double margin_of(const Arguments& arguments, const std::vector<compare::SideInput>& sides) {
  if (arguments.has("margin")) return number_in(arguments.value("margin"), "margin", 1);
  if (arguments.has("profile")) return load_profile(arguments.value("profile")).comparison.margin;
  const std::vector<std::string> builtin = builtin_profile_names();
  std::set<std::string> named;
  for (const compare::SideInput& side : sides)
    for (const auto& document : side.documents) named.insert(document.result.run.profile_name);
  std::optional<double> widest;
  for (const std::string& profile : named) {
    if (std::find(builtin.begin(), builtin.end(), profile) == builtin.end()) continue;
    widest = std::max(widest.value_or(0), load_profile(profile).comparison.margin);
  }
  return widest.value_or(ComparisonRule{}.margin);
}

compare::Options comparison_options(const Arguments& arguments,
                                    const std::vector<compare::SideInput>& sides) {
  compare::Options options;
  options.margin = margin_of(arguments, sides);
  if (!arguments.has("across")) return options;
  for (const std::string& name : parts_of(arguments.value("across"), ',')) {
    if (!compare::versions_that_matter().contains(name))
      throw Error(fmt::format("--across: {} is no version that stops a comparison: there are {}",
                              in_quotes(name), fmt::join(compare::versions_that_matter(), ", ")));
    options.across.insert(name);
  }
  return options;
}

/// What does not judge may show such figures, but not as if nothing were the matter.
void warn_of(const Result& result, const std::string& file) {
  if (result.status != RunStatus::complete)
    print(stderr, plain_line(fmt::format("assay: warning: {} is {}: it holds what was measured "
                                         "until then",
                                         file, name(result.status))) +
                      "\n");
  try {
    refuse_contradictions(result, file);
  } catch (const Error& problem) {
    print(stderr,
          plain_line(fmt::format("assay: warning: {}; it is compared as it is", problem.what())) +
              "\n");
  }
}

compare::SideInput side_of(const std::string& path, std::vector<std::filesystem::path>& read) {
  compare::SideInput side;
  side.name = path;
  std::error_code ignored;
  const bool is_folder = std::filesystem::is_directory(path, ignored);
  for (const auto& file : expand_paths({path})) {
    // Runs in one folder have files of the same names.
    const auto name = is_folder ? file.lexically_relative(path) : file.filename();
    side.documents.push_back({name.string(), read_result(file)});
    read.push_back(file);
  }
  return side;
}

OutputKind kind_of_comparison(const std::string& format) {
  if (format == "json") return document_of(DocumentKind::comparison);
  if (format == "html") return text_beginning("a page", std::string(kPageBeginning));
  return text_beginning("a comparison as " + format,
                        format == "text" ? kComparedText : kComparedMarkdown);
}

std::string formatted(const std::vector<Comparison>& comparisons, const std::string& format,
                      bool colour, std::size_t width) {
  if (format == "markdown") return compared_as_markdown(comparisons);
  if (format == "text") return compared_as_text(comparisons, colour, width);
  if (format == "json")
    return document_text(to_json(comparisons.front()), DocumentKind::comparison, "the comparison");
  Json documents = Json::array();
  for (const Comparison& comparison : comparisons) documents.push_back(to_json(comparison));
  return html_page({{"page", "comparison"}, {"assay", version()}, {"comparisons", documents}});
}

ExitCode outcome_of(const std::vector<Comparison>& comparisons) {
  const auto nothing_comparable = [](const Comparison& comparison) {
    return comparison.counts.at("not_comparable") == static_cast<int>(comparison.cases.size());
  };
  if (std::all_of(comparisons.begin(), comparisons.end(), nothing_comparable)) {
    std::fflush(stdout);
    print(stderr, fmt::format("assay: nothing of {} can be compared: see the reasons\n",
                              comparisons.size() == 1 ? "A and B" : "A and any other side"));
    return ExitCode::broken;
  }
  const bool is_worse =
      std::any_of(comparisons.begin(), comparisons.end(),
                  [](const Comparison& comparison) { return comparison.counts.at("worse") > 0; });
  return is_worse ? ExitCode::failed : ExitCode::passed;
}

constexpr const char* kFoldersInstead =
    "each path is a side of its own; to compare two runs, name their folders, as in assay compare "
    "RUN_A RUN_B";

/// `run/*` names every document of a run as a side.
void hint_at_folders(const std::vector<std::string>& paths) {
  const std::filesystem::path folder = std::filesystem::path(paths.front()).parent_path();
  const auto is_in_folder = [&](const std::string& path) {
    std::error_code ignored;
    return std::filesystem::path(path).parent_path() == folder &&
           !std::filesystem::is_directory(path, ignored);
  };
  if (paths.size() < 3 || folder.empty() || !std::all_of(paths.begin(), paths.end(), is_in_folder))
    return;
  print(stderr, plain_line(fmt::format("assay: note: {} documents of {}: {}", paths.size(),
                                       folder.string(), kFoldersInstead)) +
                    "\n");
}

std::vector<compare::SideInput> sides_of(const Arguments& arguments,
                                         std::vector<std::filesystem::path>& read) {
  const std::vector<std::string>& paths = arguments.operands();
  if (paths.size() < 2) throw Error("name two documents or folders of them: assay compare A B");
  if (paths.size() > kMostSides)
    throw Error(fmt::format("{} sides are named, and at most {} are compared: {}", paths.size(),
                            kMostSides, kFoldersInstead));
  if (paths.size() > 2 && arguments.value("format") == "json")
    throw Error("--format json is the document of two sides: compare A with each other side");
  std::vector<compare::SideInput> sides;
  for (const std::string& path : paths) sides.push_back(side_of(path, read));
  hint_at_folders(paths);
  take_prices(arguments, sides);
  return sides;
}

ExitCode execute_compare(const Arguments& arguments) {
  const std::string& format = arguments.value("format");
  std::vector<std::filesystem::path> read;
  const std::vector<compare::SideInput> sides = sides_of(arguments, read);
  for (const auto& file : files_of_profile(arguments.value_or_empty("profile")))
    read.push_back(file);
  compare::Options options = comparison_options(arguments, sides);
  if (arguments.has("output"))
    refuse_output(
        {arguments.value("output"), kind_of_comparison(format), arguments.has("force"), read});
  std::vector<Comparison> comparisons;
  for (std::size_t other = 1; other < sides.size(); ++other) {
    options.other = side_letter(other - 1);
    comparisons.push_back(compare::compare(sides[0], sides[other], options));
  }
  if (arguments.has("output")) {
    write_text(formatted(comparisons, format, false, kPipeColumns), arguments.value("output"));
    if (!is_standard_output(arguments.value("output")))
      print(fmt::format("Comparison: {}\n", arguments.value("output")));
  } else {
    print_rendered(stdout,
                   formatted(comparisons, format, wants_colour(stdout), line_columns(stdout)));
  }
  const ExitCode code = outcome_of(comparisons);
  if (code == ExitCode::broken) return code;
  auto file = read.begin();
  for (const compare::SideInput& side : sides)
    for (const compare::NamedResult& document : side.documents)
      warn_of(document.result, (file++)->string());
  return code;
}

}  // namespace

Command compare_command() {
  Command command;
  command.name = "compare";
  command.summary = "compare two sets of result documents case by case";
  command.synopsis =
      "A B [C...] [--format text|json|markdown|html] [--margin FRACTION | --profile NAME|FILE] "
      "[--price A=PRICE,B=PRICE] [--across NAMES] [-o FILE] [--force]";
  command.description = {
      "Says of each case whether B is the same as A, better, worse, or that it is unclear, with "
      "B's time against A's and its 99 % interval. The interval comes from what differs between "
      "the passes of a run, and between runs where a side has several documents. Better and worse "
      "are said only where the interval lies wholly outside the margin.",
      "Not compared are other shapes, inputs, versions of what computes, numbers of nodes or "
      "devices, series that others disturbed, and series so noisy that the interval is wider than "
      "5 % on each side; each has its reason. Geometric means are of the cases that both have.",
      "A and B are a document or a folder of them each. Where both describe the same devices, they "
      "are compared one by one, else the devices of a side together. Every further one is compared "
      "with A, side by side."};
  command.options = {
      {.name = "format",
       .value_name = "text|json|markdown|html",
       .help = "How to print it: json is the comparison document of two, markdown fits a GitHub "
               "issue, html is one self-contained page.",
       .default_value = "text",
       .choices = {"text", "json", "markdown", "html"}},
      {.name = "margin",
       .value_name = "FRACTION",
       .help = "Ratios closer to 1 than this are the same. Without it: the margin of the profile, "
               "0.01 where it says none."},
      {.name = "profile",
       .value_name = "NAME|FILE",
       .help = "Whose margin counts. Without it: the widest of the built-in profiles that the "
               "documents name.",
       .built_in = builtin_profile_names()},
      {.name = "price",
       .value_name = "A=PRICE,B=PRICE",
       .help = "What one device costs an hour on each side: adds the cost of the same work."},
      {.name = "across",
       .value_name = "NAMES",
       .help = "Versions that are what is compared, so that they do not stop it: assay, nccl, "
               "cublaslt, cudnn, openblas, gloo."},
      {.name = "output",
       .letter = 'o',
       .value_name = "FILE",
       .help = "Write it to this file; - is standard output. A comparison of this format that is "
               "there is replaced."},
      {.name = "force", .help = "Replace whatever file -o names, unless it is read here."}};
  command.operands = {"A B [C...]", true};
  command.environment = {{"NO_COLOR", "When set, output has no colour."}};
  command.exit_status = {
      {"0", "Nothing of B or a further side is worse."},
      {"1", "A case of B or of a further side is worse."},
      {"2", "A document or a flag is refused, or nothing can be compared with A."}};
  command.examples = {
      {"assay compare before.json after.json", "Did an update make anything slower?"},
      {"assay compare cloud-a/ cloud-b/ --price A=2.5,B=3 --format markdown",
       "Two clouds side by side, with what the same work costs on each."},
      {"assay compare cloud-a/ cloud-b/ cloud-c/ --format html -o clouds.html",
       "Three clouds as one page: each beside the first."}};
  command.execute = execute_compare;
  return command;
}

}  // namespace assay::cli
