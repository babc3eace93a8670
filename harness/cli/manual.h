// A subcommand's manual page as text, made from the same data that its flags are read by.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/command.h"

namespace assay::cli {

/// NAME, SYNOPSIS, DESCRIPTION, OPTIONS, ENVIRONMENT, EXIT STATUS, EXAMPLES; 80 columns.
std::string manual(const Command& command);
/// What `assay help` prints: every subcommand in one line each.
std::string overview(const std::vector<Command>& commands);

/// Words of `text` in lines of at most `width` columns, each after `indent` spaces.
std::string wrap(const std::string& text, std::size_t indent, std::size_t width = 80);

}  // namespace assay::cli
