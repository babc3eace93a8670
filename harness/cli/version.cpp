// `assay version`: what this executable is, and which libraries it finds on this machine.
#include "harness/core/version.h"

#include <fmt/format.h>

#include "harness/cli/command.h"
#include "harness/cli/table.h"
#include "harness/cli/terminal.h"
#include "harness/core/print.h"
#include "harness/measure/device.h"

namespace assay::cli {

namespace {

constexpr bool kBuiltWithCuda = ASSAY_BUILT_WITH_CUDA;

ExitCode execute_version(const Arguments&) {
  std::vector<std::vector<std::string>> rows = {{"compiler", __VERSION__},
                                                {"cuda", kBuiltWithCuda ? "built in" : "left out"}};
  for (const auto& [name, value] : software_facts(kBuiltWithCuda ? Backend::cuda : Backend::host))
    if (name != "assay" && name != "compiler" && name != "cuda") rows.push_back({name, value});
  print(fmt::format("assay {}\n{}", version(), table(rows, line_columns(stdout))));
  return ExitCode::passed;
}

}  // namespace

Command version_command() {
  Command command;
  command.name = "version";
  command.summary = "print the version, the build and the libraries found";
  command.description = {
      "Prints the version of this executable, the compiler it was built by, whether the CUDA parts "
      "are in it, and the version of each vendor library and driver that it finds on this machine. "
      "One that it does not find is printed as absent."};
  command.exit_status = {{"0", "Always."}};
  command.examples = {{"assay version", "Everything that a bug report needs first."}};
  command.execute = execute_version;
  return command;
}

}  // namespace assay::cli
