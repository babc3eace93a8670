// `assay baseline`: makes a baseline from what was measured, to judge later runs by.
#include <fmt/format.h>

#include <filesystem>

#include "harness/cli/command.h"
#include "harness/cli/judged.h"
#include "harness/conformance/build_baseline.h"
#include "harness/core/document.h"
#include "harness/core/output.h"
#include "harness/core/print.h"
#include "harness/core/process_identity.h"

namespace assay::cli {

namespace {

/// The same devices of the same run would count again, and the spread come out too small.
std::vector<Result> read_runs(const std::vector<std::string>& operands) {
  std::vector<Result> results = read_results(operands);
  const std::vector<std::filesystem::path> files = expand_paths(operands);
  DistinctDocuments documents;
  for (std::size_t i = 0; i < results.size(); ++i) documents.add(files.at(i).string(), results[i]);
  return results;
}

ExitCode execute_baseline(const Arguments& arguments) {
  const std::filesystem::path path = arguments.value("output");
  refuse_output(
      {path, document_of(DocumentKind::baseline), arguments.has("force"), inputs_of(arguments)});
  const std::string name = arguments.has("name")      ? arguments.value("name")
                           : is_standard_output(path) ? "measured"
                                                      : path.stem().string();
  const Baseline baseline = baseline_of(read_runs(arguments.operands()), name);
  write_document(to_json(baseline), DocumentKind::baseline, path);
  if (!is_standard_output(path))
    print(fmt::format("Baseline {} of {}: {} rows, written to {}\n", name, baseline.sku,
                      baseline.rows.size(), path.string()));
  return ExitCode::passed;
}

}  // namespace

Command baseline_command() {
  Command command;
  command.name = "baseline";
  command.summary = "make a baseline from result documents";
  command.synopsis = "PATH... -o FILE [--name NAME] [--force]";
  command.description = {
      "Takes every verified measurement of one kind of device and writes what it reaches: a row "
      "for each case, series, scope, fabric, number of ranks and nodes, and input pattern, with "
      "the median over devices and runs, the spread between them, how many there were, the "
      "versions that all runs share, the date of the last run and an expiry a year later. "
      "Outliers are dropped first, again and again until none is left, so that one bad device "
      "does not lower what is asked of the others.",
      "A PATH is a document or a folder of them. A baseline of simulated documents is marked, and "
      "judges no measured ones."};
  command.options = {
      {.name = "output",
       .letter = 'o',
       .value_name = "FILE",
       .help = "Write the baseline to this file; - is standard output.",
       .required = true},
      {.name = "name",
       .value_name = "NAME",
       .help = "What verdicts call it. Without it: the file's name."},
      {.name = "force", .help = "Replace whatever file -o names, unless it is read here."}};
  command.operands = {"PATH...", true};
  command.exit_status = {
      {"0", "The baseline was written."},
      {"2", "A document is refused, the documents are of several SKUs, or it cannot be written."}};
  command.examples = {
      {"assay baseline accepted/ -o ours.json", "What the devices that passed acceptance reach."},
      {"assay check new/ --baseline ours.json", "Are the new ones as good?"}};
  command.execute = execute_baseline;
  return command;
}

}  // namespace assay::cli
