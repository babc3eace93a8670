// Completion of assay's command line by a shell, from the same data as --help.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/command.h"

namespace assay::cli {

std::string bash_completion(const std::vector<Command>& commands);
std::string zsh_completion(const std::vector<Command>& commands);

}  // namespace assay::cli
