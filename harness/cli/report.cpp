// `assay report`: result documents and their verdict as one HTML page; a pure function of files.
#include <fmt/format.h>

#include "harness/cli/command.h"
#include "harness/cli/judged.h"
#include "harness/cli/report_input.h"
#include "harness/cli/terminal.h"
#include "harness/core/consistency.h"
#include "harness/core/document.h"
#include "harness/core/output.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"
#include "harness/core/profile.h"
#include "harness/report/box_table.h"
#include "harness/report/page.h"
#include "harness/report/report_data.h"

namespace assay::cli {

namespace {

/// A profile that is asked for must judge; one that only the documents name may be gone.
Judgement judgement_of(std::vector<Result>& results,
                       const std::vector<std::filesystem::path>& files,
                       const Arguments& arguments) {
  try {
    for (std::size_t i = 0; i < results.size(); ++i)
      refuse_contradictions(results[i], files[i].string());
    return {judged(results, arguments), ""};
  } catch (const Error& problem) {
    if (arguments.has("profile") || arguments.has("baseline")) throw;
    return {std::nullopt, problem.what()};
  }
}

OutputKind kind_of_report(const std::string& format) {
  if (format == "box") return text_beginning("a report as box", std::string(kBoxBeginning));
  return text_beginning("a report", std::string(kPageBeginning));
}

ExitCode execute_report(const Arguments& arguments) {
  const std::string& format = arguments.value("format");
  const bool is_box = format == "box";
  if (!is_box && !arguments.has("output")) throw Error("a page needs a file: -o FILE.html");
  if (arguments.has("output"))
    refuse_output({arguments.value("output"), kind_of_report(format), arguments.has("force"),
                   inputs_of(arguments)});
  const std::vector<std::filesystem::path> files = expand_paths(arguments.operands());
  std::vector<Result> results;
  for (const auto& file : files) results.push_back(read_result(file));
  Judgement judgement = judgement_of(results, files, arguments);
  if (!judgement.verdict)
    print(stderr,
          fmt::format("assay: warning: not judged: {}\n", plain_line(judgement.not_judged)));
  const ReportInput input = report_input(files, std::move(results), std::move(judgement));
  if (!arguments.has("output")) {
    print_rendered(stdout, box_table(input, wants_colour(stdout)));
    return ExitCode::passed;
  }
  const std::string& path = arguments.value("output");
  write_text(is_box ? box_table(input, false) : html_page(report_data(input)), path);
  if (!is_standard_output(path)) print(fmt::format("Report: {}\n", path));
  return ExitCode::passed;
}

}  // namespace

Command report_command() {
  Command command;
  command.name = "report";
  command.summary = "show documents and their verdict as a page or table";
  command.synopsis =
      "PATH... [--format html|box] [--profile NAME|FILE] [--baseline FILE|DIR] -o FILE [--force]";
  command.description = {
      "Writes one self-contained page: the verdict and what to do about it, every device, plots of "
      "rates, samples and telemetry with a table beside each, and where the figures come from. It "
      "loads nothing from anywhere, so it can be mailed, attached to a ticket or opened offline.",
      "--format box is a table of fixed width for a terminal, a mail or a ticket: the environment, "
      "a line a device (above 64 devices a node, with its slowest device), and the lowest, the "
      "median, the total and the cases that failed below.",
      "A PATH is a document or a folder of them. Documents whose profile is not known, and "
      "those that contradict themselves, are shown without a verdict, and the page says why."};
  command.options = {
      {.name = "format",
       .value_name = "html|box",
       .help = "One self-contained page, or a table of fixed width.",
       .default_value = "html",
       .choices = {"html", "box"}},
      {.name = "profile",
       .value_name = "NAME|FILE",
       .help = "What judges: a built-in profile or a profile's file. Without it: the profile that "
               "the documents name.",
       .built_in = builtin_profile_names()},
      {.name = "baseline",
       .value_name = "FILE|DIR",
       .help = "Baselines to compare with, beside those that are built in."},
      {.name = "output",
       .letter = 'o',
       .value_name = "FILE",
       .help = "Write it to this file, which a page needs; - is standard output. A report of this "
               "format that is there is replaced."},
      {.name = "force", .help = "Replace whatever file -o names, unless it is read here."}};
  command.operands = {"PATH...", true};
  command.exit_status = {{"0", "The page was written, whatever the verdict."},
                         {"2",
                          "A document, profile or baseline is refused, or was made for "
                          "another backend; or the page cannot be written."}};
  command.examples = {
      {"assay report result.json -o report.html", "Shows a run, judged by its own profile."},
      {"assay report nodes/ --profile node -o report.html",
       "Shows every document of a folder as one report."},
      {"assay report node.json --format box", "Prints a table to paste."}};
  command.environment = {{"NO_COLOR", "When set, output has no colour."}};
  command.execute = execute_report;
  return command;
}

}  // namespace assay::cli
