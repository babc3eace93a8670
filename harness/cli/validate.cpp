// `assay validate`: says of each file whether it is one of Assay's documents, whole and in order.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "harness/cli/command.h"
#include "harness/cli/fit_profile.h"
#include "harness/core/document.h"
#include "harness/core/line_of.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

/// Every `*.json` below a folder, of whatever kind, in an order that does not depend on the disk.
std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".json")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty()) throw Error(fmt::format("{}: no *.json in this folder", folder.string()));
  return files;
}

/// `problem` with the line of the place that it names, as in `file: /cases/0/shapes: what`.
std::string with_line(const std::string& problem, const std::string& text) {
  const std::size_t begin = problem.find(": /");
  if (begin == std::string::npos) return problem;
  const std::size_t end = problem.find(": ", begin + 2);
  if (end == std::string::npos) return problem;
  const auto line = line_of(text, std::string_view(problem).substr(begin + 2, end - begin - 2));
  return line ? fmt::format("{} (line {})", problem, *line) : problem;
}

/// The kind of the document; throws Error with the one line that says what is wrong.
std::string validate_file(const fs::path& path) {
  const std::string where = path.string();
  const std::string text = read_text(path);
  const Json document = parse_json(text, where);
  const DocumentKind kind = kind_of(document, where);
  try {
    validate(document, kind, where);
    if (kind == DocumentKind::profile) load_fit_profile(where);
  } catch (const Error& error) {
    throw Error(with_line(error.what(), text));
  }
  return document["kind"].get<std::string>();
}

ExitCode execute_validate(const Arguments& arguments) {
  ExitCode code = ExitCode::passed;
  const auto try_one = [&](const auto& step) {
    try {
      step();
    } catch (const Error& error) {
      print(stderr, fmt::format("assay: {}\n", plain_line(error.what())));
      code = ExitCode::broken;
    }
  };
  for (const std::string& operand : arguments.operands())
    try_one([&] {
      const auto files =
          fs::is_directory(operand) ? files_below(operand) : std::vector<fs::path>{operand};
      for (const fs::path& file : files)
        try_one([&] {
          const std::string kind = validate_file(file);
          print(plain_line(fmt::format("{}: ok, {}", file.string(), kind)) + "\n");
        });
    });
  return code;
}

}  // namespace

Command validate_command() {
  Command command;
  command.name = "validate";
  command.summary = "check documents against their schemas";
  command.synopsis = "PATH...";
  command.description = {
      "Reads each file strictly and checks it against the schema of the kind that it says it is: "
      "result, verdict, profile or baseline. Prints one line a file: ok, or the place in the file, "
      "what was expected there and the line. A PATH is a file or a folder, whose *.json are all "
      "read.",
      "Of a profile, also what no schema knows: kinds of requirements and their parameters, "
      "implementations and dtypes of this executable, sizes that a dtype can have.",
      "A later schema version, an unknown field, NaN, a duplicate key and anything after the end "
      "are refused."};
  command.operands = {"PATH...", true};
  command.exit_status = {{"0", "Every file is valid."}, {"2", "A file is refused."}};
  command.examples = {{"assay validate result.json", "Is this a whole result document?"},
                      {"assay validate results/", "Are all of these?"}};
  command.execute = execute_validate;
  return command;
}

}  // namespace assay::cli
