// `assay compare`: two sets of result documents, case by case; a pure function of files.
#include "harness/compare/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "harness/cli/command.h"
#include "harness/cli/compared.h"
#include "harness/cli/fit_profile.h"
#include "harness/cli/terminal.h"
#include "harness/cli/version.h"
#include "harness/compare/obstacles.h"
#include "harness/core/document.h"
#include "harness/core/document_schema.h"
#include "harness/core/message.h"
#include "harness/core/output.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"
#include "harness/core/profile.h"
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

/// `A=2.5,B=3` a device and hour.
void take_prices(const Arguments& arguments, compare::SideInput& a, compare::SideInput& b) {
  if (!arguments.has("price")) return;
  for (const std::string& part : parts_of(arguments.value("price"), ',')) {
    const std::vector<std::string> pair = parts_of(part, '=');
    const bool is_side = pair.size() == 2 && (pair[0] == "A" || pair[0] == "B");
    if (!is_side) throw Error("--price: write A=PRICE,B=PRICE, each of one device and hour");
    compare::SideInput& side = pair[0] == "A" ? a : b;
    side.price_per_device_hour = number_in(pair[1], "price", 1e9);
    if (*side.price_per_device_hour == 0) throw Error("--price: a price must be above 0");
  }
  if (!a.price_per_device_hour || !b.price_per_device_hour)
    throw Error("--price: needs a price of both sides, as in A=2.5,B=3");
}

/// Of the profiles that the documents name, the widest margin that is known.
double margin_of(const Arguments& arguments, const compare::SideInput& a,
                 const compare::SideInput& b) {
  if (arguments.has("margin")) return number_in(arguments.value("margin"), "margin", 1);
  if (arguments.has("profile")) return load_profile(arguments.value("profile")).comparison.margin;
  const std::vector<std::string> builtin = builtin_profile_names();
  std::set<std::string> named;
  for (const compare::SideInput* side : {&a, &b})
    for (const auto& document : side->documents) named.insert(document.result.run.profile_name);
  std::optional<double> widest;
  for (const std::string& profile : named) {
    if (std::find(builtin.begin(), builtin.end(), profile) == builtin.end()) continue;
    widest = std::max(widest.value_or(0), load_profile(profile).comparison.margin);
  }
  return widest.value_or(ComparisonRule{}.margin);
}

compare::Options comparison_options(const Arguments& arguments, const compare::SideInput& a,
                                    const compare::SideInput& b) {
  compare::Options options;
  options.margin = margin_of(arguments, a, b);
  if (!arguments.has("across")) return options;
  for (const std::string& name : parts_of(arguments.value("across"), ',')) {
    if (!compare::versions_that_matter().contains(name))
      throw Error(fmt::format("--across: {} is no version that stops a comparison: there are {}",
                              in_quotes(name), fmt::join(compare::versions_that_matter(), ", ")));
    options.across.insert(name);
  }
  return options;
}

compare::SideInput side_of(const std::string& path, std::vector<std::filesystem::path>& read) {
  compare::SideInput side;
  side.name = path;
  for (const auto& file : expand_paths({path})) {
    side.documents.push_back({file.filename().string(), read_result(file)});
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

std::string formatted(const Comparison& comparison, const std::string& format, bool colour,
                      std::size_t width) {
  if (format == "markdown") return compared_as_markdown(comparison);
  if (format == "text") return compared_as_text(comparison, colour, width);
  const Json document = to_json(comparison);
  if (format == "html")
    return html_page({{"page", "comparison"}, {"assay", version()}, {"comparison", document}});
  return document_text(document, DocumentKind::comparison, "the comparison");
}

ExitCode outcome_of(const Comparison& comparison) {
  const int all = static_cast<int>(comparison.cases.size());
  if (comparison.counts.at("not_comparable") == all) {
    std::fflush(stdout);
    print(stderr, "assay: nothing of A and B can be compared: see the reasons\n");
    return ExitCode::broken;
  }
  return comparison.counts.at("worse") > 0 ? ExitCode::failed : ExitCode::passed;
}

ExitCode execute_compare(const Arguments& arguments) {
  if (arguments.operands().size() != 2)
    throw Error("name two documents or folders of them: assay compare A B");
  const std::string& format = arguments.value("format");
  std::vector<std::filesystem::path> read;
  compare::SideInput a = side_of(arguments.operands()[0], read);
  compare::SideInput b = side_of(arguments.operands()[1], read);
  take_prices(arguments, a, b);
  for (const auto& file : files_of_profile(arguments.value_or_empty("profile")))
    read.push_back(file);
  const compare::Options options = comparison_options(arguments, a, b);
  if (arguments.has("output"))
    refuse_output(
        {arguments.value("output"), kind_of_comparison(format), arguments.has("force"), read});
  const Comparison comparison = compare::compare(a, b, options);
  if (arguments.has("output")) {
    write_text(formatted(comparison, format, false, kPipeColumns), arguments.value("output"));
    if (!is_standard_output(arguments.value("output")))
      print(fmt::format("Comparison: {}\n", arguments.value("output")));
  } else {
    print_rendered(stdout,
                   formatted(comparison, format, wants_colour(stdout), line_columns(stdout)));
  }
  return outcome_of(comparison);
}

}  // namespace

Command compare_command() {
  Command command;
  command.name = "compare";
  command.summary = "compare two sets of result documents case by case";
  command.synopsis =
      "A B [--format text|json|markdown|html] [--margin FRACTION | --profile NAME|FILE] "
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
      "are compared one by one, else the devices of a side together."};
  command.options = {
      {.name = "format",
       .value_name = "text|json|markdown|html",
       .help =
           "How to print it: json is the comparison document, markdown fits a GitHub issue, html "
           "is one self-contained page.",
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
  command.operands = {"A B", true};
  command.environment = {{"NO_COLOR", "When set, output has no colour."}};
  command.exit_status = {
      {"0", "Nothing of B is worse."},
      {"1", "A case of B is worse."},
      {"2", "A document or a flag is refused, or nothing of A and B can be compared."}};
  command.examples = {
      {"assay compare before.json after.json", "Did an update make anything slower?"},
      {"assay compare cloud-a/ cloud-b/ --price A=2.5,B=3 --format markdown",
       "Two clouds side by side, with what the same work costs on each."}};
  command.execute = execute_compare;
  return command;
}

}  // namespace assay::cli
