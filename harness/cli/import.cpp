// `assay import`: what another tool printed as a result document, marked as reported.
#include "harness/reported/import.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <iterator>
#include <map>

#include "harness/cli/command.h"
#include "harness/core/document.h"
#include "harness/core/number_of.h"
#include "harness/core/output.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"

namespace assay::cli {

namespace {

using Import = Result (*)(const reported::Source&);

Import import_of(const std::string& tool) {
  static const std::map<std::string, Import> kTools = {
      {"nccl-tests", reported::import_nccl_tests},
      {"nvbandwidth", reported::import_nvbandwidth},
      {"dcgmi", reported::import_dcgmi},
      {"google-benchmark", reported::import_google_benchmark}};
  const auto found = kTools.find(tool);
  if (found != kTools.end()) return found->second;
  throw Error(fmt::format(
      "'{}' is no tool that assay imports from: there are nccl-tests, nvbandwidth, dcgmi and "
      "google-benchmark",
      tool));
}

reported::Source source_of(const Arguments& arguments) {
  const std::string& file = arguments.operands()[1];
  reported::Source source;
  const bool is_standard_input = file == "-";
  source.where = is_standard_input ? "standard input" : file;
  source.file = is_standard_input ? file : std::filesystem::path(file).filename().string();
  source.text = is_standard_input ? std::string(std::istreambuf_iterator<char>(std::cin), {})
                                  : read_text(file);
  source.collective = arguments.value_or_empty("collective");
  if (arguments.has("ranks")) {
    source.ranks = static_cast<int>(arguments.number("ranks"));
  }
  return source;
}

ExitCode execute_import(const Arguments& arguments) {
  if (arguments.operands().size() != 2)
    throw Error("name the tool and one file of its output, e.g. assay import nccl-tests log.txt");
  const std::string& tool = arguments.operands()[0];
  const Import read_tool = import_of(tool);
  if (tool != "nccl-tests" && (arguments.has("collective") || arguments.has("ranks")))
    throw Error("--collective and --ranks are for nccl-tests only");
  const std::string& path = arguments.value("output");
  const std::string& file = arguments.operands()[1];
  std::vector<std::filesystem::path> taken;
  if (file != "-") taken.push_back(file);
  refuse_output({path, document_of(DocumentKind::result), arguments.has("force"), taken});
  const Result result = read_tool(source_of(arguments));
  write_document(to_json(result), DocumentKind::result, path);
  if (is_standard_output(path)) return ExitCode::passed;
  print(fmt::format("Document: {}\n{} and {} that {} reported, nothing of it verified\n", path,
                    number_of(result.measurements.size(), "figure"),
                    number_of(result.imported->checks.size(), "check"), tool));
  for (const std::string& what : result.imported->left_out)
    print(fmt::format("Left out: {}\n", plain_line(what)));
  return ExitCode::passed;
}

}  // namespace

Command import_command() {
  Command command;
  command.name = "import";
  command.summary = "make a result document of what another tool printed";
  command.synopsis =
      "nccl-tests|nvbandwidth|dcgmi|google-benchmark FILE [--collective NAME] [--ranks N] "
      "-o DOC [--force]";
  command.description = {
      "Reads the output of another tool, as it was pasted or logged: prefixes of mpirun, srun and "
      "kubectl, stern, container logs, times and colours are taken off. FILE - is standard input. "
      "What is read: the table of nccl-tests (with or without in-place columns) and its JSON "
      "(-J), and as nccl-tests the table of rccl-tests and its files (-Z); text and JSON (-j) of "
      "nvbandwidth; table and JSON (-j) of dcgmi diag; JSON of Google Benchmark. Rows of one case "
      "that nccl-tests repeats (-N) become their median.",
      "The document can be shown, compared and judged by the profile `imported`. Its figures are "
      "`reported`: nothing of them is verified, there are no samples and no intervals, and the "
      "document says so. No profile passes it; `imported` ends in a warning at best."};
  command.options = {
      {.name = "collective",
       .value_name = "NAME",
       .help = "Of nccl-tests: what the table is of, where the output does not say it."},
      {.name = "ranks",
       .value_name = "N",
       .help = "Of nccl-tests: how many ranks there were, where the output lists none.",
       .range = Range{1, 1000000}},
      {.name = "output",
       .letter = 'o',
       .value_name = "DOC",
       .help = "Write the document to this file; - is standard output. A result document that is "
               "there is replaced.",
       .required = true},
      {.name = "force", .help = "Replace whatever file -o names, unless it is read here."}};
  command.operands = {"TOOL FILE", true};
  command.exit_status = {{"0", "The document was written."},
                         {"2",
                          "The output is not of that tool, is damaged, or does not say what "
                          "it is of; or the document cannot be written."}};
  command.examples = {{"all_reduce_perf -b 1G -e 16G -f 2 | assay import nccl-tests - -o r.json",
                       "Makes a document of a run of nccl-tests."},
                      {"assay import dcgmi diag.json -o d.json && assay check d.json",
                       "Says what dcgmi complained of."}};
  command.execute = execute_import;
  return command;
}

}  // namespace assay::cli
