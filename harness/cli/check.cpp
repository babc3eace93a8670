// `assay check`: judges result documents by a profile; a pure function of files.
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <optional>

#include "harness/cli/command.h"
#include "harness/cli/judged.h"
#include "harness/cli/terminal.h"
#include "harness/conformance/requirement.h"
#include "harness/core/document.h"
#include "harness/core/json_text.h"
#include "harness/core/output.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"
#include "harness/core/version.h"

namespace assay::cli {

namespace {

std::string formatted(const VerdictDocument& verdict, const std::vector<Result>& results,
                      const std::string& format, bool colour, std::size_t width) {
  if (format == "markdown") return to_markdown(verdict);
  if (format == "junit") return to_junit(verdict);
  if (format == "prometheus") return to_prometheus(verdict);
  if (format == "csv") return to_csv(results);
  if (format == "text") return to_text(verdict, colour, width);
  const Json document = to_json(verdict);
  validate(document, DocumentKind::verdict, "the verdict");
  return json_text(document);
}

/// How a verdict of each format begins, so that a file of the user's is not taken for one.
OutputKind kind_of_output(const std::string& format) {
  if (format == "json") return document_of(DocumentKind::verdict);
  static const std::map<std::string, std::string> kBeginnings = {
      {"text", "verdict "},
      {"markdown", "**"},
      {"junit", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"assay\""},
      {"prometheus", "# HELP assay_verdict "},
      {"csv", "run,case,"}};
  return text_beginning("a verdict as " + format, kBeginnings.at(format));
}

void write(const VerdictDocument& verdict, const std::vector<Result>& results,
           const std::string& format, const std::string& path) {
  if (format == "json") {
    write_document(to_json(verdict), DocumentKind::verdict, path);
  } else {
    write_text(formatted(verdict, results, format, false, kPipeColumns), path);
  }
  if (!is_standard_output(path))
    print(fmt::format("Verdict: {}, written to {}\n", name(verdict.verdict), path));
}

ExitCode execute_check(const Arguments& arguments) {
  const std::string& format = arguments.value("format");
  if (arguments.has("output"))
    refuse_output({arguments.value("output"), kind_of_output(format), arguments.has("force"),
                   inputs_of(arguments)});
  std::vector<Result> results;  // where they are written, or judged all at once
  std::optional<VerdictDocument> as_read;
  if (format != "csv") as_read = judged_as_read(arguments);
  if (!as_read) results = read_results(arguments.operands());
  VerdictDocument verdict = as_read ? *std::move(as_read) : judged(results, arguments);
  if (format == "json") {
    verdict.judged_by = version();
    verdict.inputs = verdict_inputs(arguments);
  }
  if (arguments.has("output")) {
    write(verdict, results, format, arguments.value("output"));
  } else {
    print_rendered(stdout,
                   formatted(verdict, results, format, wants_colour(stdout), line_columns(stdout)));
  }
  const bool warns = verdict.verdict == Verdict::warn && arguments.value("fail-on") == "fail";
  const bool passed = verdict.verdict == Verdict::pass || warns;
  return passed ? ExitCode::passed : ExitCode::failed;
}

}  // namespace

Command check_command() {
  Command command;
  command.name = "check";
  command.summary = "judge result documents by a profile's requirements";
  command.synopsis =
      "PATH... [--profile NAME|FILE] [--baseline FILE|DIR] "
      "[--format text|json|markdown|junit|prometheus|csv] [--fail-on fail|warn] [-o FILE] "
      "[--force]";
  command.description = {
      "Reads result documents and says for each requirement of the profile whether it passed, "
      "passed with a warning, failed or could not be evaluated, with the reason and the numbers, "
      "and names the device or node that falls short and what to do about it. Nothing is measured "
      "and no hardware is needed: a verdict can be replayed anywhere from its files; as JSON it "
      "names them by SHA-256.",
      "A PATH is a document or a folder of them. Something missing is never a pass: a must that "
      "applies and could not be evaluated counts like a failure. A document whose run was "
      "interrupted or killed is read as such."};
  command.options = {
      {.name = "profile",
       .value_name = "NAME|FILE",
       .help = "What to require: a built-in profile or a profile's file. Without it: the profile "
               "that the documents name.",
       .built_in = builtin_profile_names()},
      {.name = "baseline",
       .value_name = "FILE|DIR",
       .help = "Baselines to compare with, beside those that are built in."},
      {.name = "format",
       .value_name = "text|json|markdown|junit|prometheus|csv",
       .help = "How to print the verdict: json is the verdict document, junit one test case a "
               "requirement, prometheus for node_exporter's textfile collector. csv has the "
               "measurements instead, one row each.",
       .default_value = "text",
       .choices = {"text", "json", "markdown", "junit", "prometheus", "csv"}},
      {.name = "fail-on",
       .value_name = "fail|warn",
       .help = "The mildest verdict that ends in exit status 1.",
       .default_value = "fail",
       .choices = {"fail", "warn"}},
      {.name = "output",
       .letter = 'o',
       .value_name = "FILE",
       .help = "Write the verdict to this file and print one line; - is standard output. A file "
               "that is there is replaced if it is a verdict of this format."},
      {.name = "force", .help = "Replace whatever file -o names, unless it is read here."}};
  command.operands = {"PATH...", true};
  command.environment = {{"NO_COLOR", "When set, output has no colour."}};
  command.exit_status = {
      {"0", "Every must that applies passed; warnings are allowed unless --fail-on warn."},
      {"1",
       "A must failed, or could not be evaluated though it applies; a warning with --fail-on "
       "warn."},
      {"2", "A document, profile or baseline is refused, or was made for another backend."}};
  command.examples = {
      {"assay check result.json", "Judges a run by the profile that it was made with."},
      {"assay check nodes/ --profile node --format json -o verdict.json",
       "Judges every document of a folder and writes a verdict document."}};
  command.execute = execute_check;
  return command;
}

}  // namespace assay::cli
