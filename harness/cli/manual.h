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

constexpr const char* kHelpText = "Prints this page.";
/// What a page says of a flag: its help, and the values that it takes.
std::string option_text(const Option& option);
/// Of what stands beside the flags, where it is one of some words.
std::string operands_text(const Operands& operands);
/// `assay NAME …`, one for each way to call it.
std::vector<std::string> synopsis_lines(const Command& command);

/// Words of `text` in lines of at most `width` columns, each after `indent` spaces.
std::string wrap(const std::string& text, std::size_t indent, std::size_t width = 80);

}  // namespace assay::cli
