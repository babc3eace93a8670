// `assay report`: result documents and their verdict as one HTML page; a pure function of files.
#include <fmt/format.h>

#include "harness/cli/command.h"
#include "harness/cli/judged.h"
#include "harness/cli/version.h"
#include "harness/conformance/devices.h"
#include "harness/conformance/render/rows.h"
#include "harness/core/document.h"
#include "harness/core/output.h"
#include "harness/core/print.h"
#include "harness/report/page.h"
#include "harness/report/report_data.h"

namespace assay::cli {

namespace {

/// A profile that is asked for must judge; one that only the documents name may be gone.
void add_verdict(ReportInput& input, const Arguments& arguments) {
  try {
    input.verdict = judged(input.results, arguments);
    input.meaning = meaning(input.verdict->verdict);
    std::vector<RequirementVerdict> ordered;
    for (const RequirementVerdict* one : failures_first(*input.verdict)) ordered.push_back(*one);
    input.verdict->requirements = std::move(ordered);
  } catch (const Error& problem) {
    if (arguments.has("profile") || arguments.has("baseline")) throw;
    input.not_judged = problem.what();
  }
}

ExitCode execute_report(const Arguments& arguments) {
  const std::string& path = arguments.value("output");
  refuse_output({path, text_beginning("a report", std::string(kPageBeginning)),
                 arguments.has("force"), inputs_of(arguments)});
  ReportInput input;
  input.assay_version = version();
  for (const auto& file : expand_paths(arguments.operands())) {
    input.files.push_back(file.filename().string());
    input.results.push_back(read_result(file));
  }
  add_verdict(input, arguments);
  for (const Result& result : input.results) {
    for (const DeviceRef& device : devices_of(result)) {
      input.device_subjects.push_back(subject_of(device).name);
    }
  }
  write_text(html_page(report_data(input)), path);
  if (!is_standard_output(path)) print(fmt::format("Report: {}\n", path));
  return ExitCode::passed;
}

}  // namespace

Command report_command() {
  Command command;
  command.name = "report";
  command.summary = "show result documents and their verdict as one HTML page";
  command.synopsis = "PATH... [--profile NAME|FILE] [--baseline FILE|DIR] -o FILE.html [--force]";
  command.description = {
      "Writes one self-contained page: the verdict and what to do about it, every device, plots of "
      "rates, samples and telemetry with a table beside each, and where the figures come from. It "
      "loads nothing from anywhere, so it can be mailed, attached to a ticket or opened offline.",
      "A PATH is a document or a folder of them. Documents whose profile is not known are shown "
      "without a verdict, and the page says why."};
  command.options = {
      {.name = "profile",
       .value_name = "NAME|FILE",
       .help = "What judges: a built-in profile or a profile's file. Without it: the profile that "
               "the documents name.",
       .built_in = builtin_profile_names()},
      {.name = "baseline",
       .value_name = "FILE|DIR",
       .help = "Baselines to compare with, before those that are built in."},
      {.name = "output",
       .letter = 'o',
       .value_name = "FILE.html",
       .help =
           "Write the page to this file; - is standard output. A page that is there is replaced.",
       .required = true},
      {.name = "force", .help = "Replace whatever file -o names, unless it is read here."}};
  command.operands = {"PATH...", true};
  command.exit_status = {{"0", "The page was written, whatever the verdict."},
                         {"2",
                          "A document, profile or baseline is refused, or was made for "
                          "another backend; or the page cannot be written."}};
  command.examples = {
      {"assay report result.json -o report.html", "Shows a run, judged by its own profile."},
      {"assay report nodes/ --profile node -o report.html",
       "Shows every document of a folder as one report."}};
  command.execute = execute_report;
  return command;
}

}  // namespace assay::cli
