// One subcommand: its manual, its flags and what it does. Each has a file of its own.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/arguments.h"
#include "harness/core/error.h"

namespace assay::cli {

struct Command {
  std::string name;
  std::string summary;                   // one line, lower case, no full stop
  std::string synopsis;                  // what follows `assay NAME`
  std::vector<std::string> description;  // paragraphs
  std::vector<Option> options;
  Operands operands;
  std::vector<std::pair<std::string, std::string>> environment;  // variable, meaning
  std::vector<std::pair<std::string, std::string>> exit_status;  // code, meaning
  std::vector<std::pair<std::string, std::string>> examples;     // command line, what it does
  std::function<ExitCode(const Arguments&)> execute;
};

/// Every subcommand, in the order of the overview.
std::vector<Command> all_commands();

Command baseline_command();
Command cluster_command();
Command completion_command();
Command evidence_command();
Command export_command();
Command hold_command();
Command man_command();
Command import_command();
Command run_command();
Command check_command();
Command compare_command();
Command report_command();
Command list_command();
Command devices_command();
Command validate_command();
Command sign_command();
Command simulate_command();
Command site_command();
Command tune_command();
Command verify_command();
Command version_command();

}  // namespace assay::cli
