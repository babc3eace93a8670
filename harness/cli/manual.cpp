// Lays a manual page out in the order and indentation of man(1).
#include "harness/cli/manual.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "harness/core/plain_text.h"

namespace assay::cli {

namespace {

constexpr std::size_t kBody = 7;  // man(1)'s indentation
constexpr std::size_t kDetail = 14;

std::string spaces(std::size_t n) { return std::string(n, ' '); }

/// A term on its own line and its explanation below, further in.
std::string entry(const std::string& term, const std::string& explanation) {
  return spaces(kBody) + term + "\n" + wrap(explanation, kDetail) + "\n";
}

std::string option_term(const Option& option) {
  const std::string letter = option.letter ? fmt::format("-{}, ", option.letter) : "";
  if (option.value_name.empty()) return fmt::format("{}--{}", letter, option.name);
  return fmt::format("{}--{} {}", letter, option.name, option.value_name);
}

std::string pairs(const std::string& heading,
                  const std::vector<std::pair<std::string, std::string>>& entries) {
  if (entries.empty()) return "";
  std::string text = heading + "\n";
  for (const auto& [term, explanation] : entries) text += entry(term, explanation);
  return text;
}

}  // namespace

std::string wrap(const std::string& text, std::size_t indent, std::size_t width) {
  std::string lines;
  for (const std::string& line : wrapped(text, width - indent))
    lines += spaces(indent) + line + "\n";
  return lines;
}

std::string option_text(const Option& option) {
  std::string text = option.help;
  if (!option.choices.empty()) text += fmt::format(" One of {}.", fmt::join(option.choices, ", "));
  if (!option.built_in.empty())
    text += fmt::format(" Built in: {}.", fmt::join(option.built_in, ", "));
  if (option.range) text += fmt::format(" It is {}.", in_words(*option.range));
  if (!option.only_value.empty())
    text += fmt::format(" --{}={} is the same.", option.name, option.only_value);
  if (!option.default_value.empty()) text += fmt::format(" Default: {}.", option.default_value);
  if (option.required) text += " Required.";
  return text;
}

std::string operands_text(const Operands& operands) {
  return fmt::format("One of {}.", fmt::join(operands.choices, ", "));
}

std::vector<std::string> synopsis_lines(const Command& command) {
  std::vector<std::string> lines;
  std::istringstream text(command.synopsis);
  for (std::string line; std::getline(text, line);)
    lines.push_back(fmt::format("assay {} {}", command.name, line));
  if (lines.empty()) lines.push_back("assay " + command.name);
  return lines;
}

std::string manual(const Command& command) {
  std::string text =
      fmt::format("NAME\n{}assay {} - {}\n\n", spaces(kBody), command.name, command.summary);
  text += "SYNOPSIS\n";
  for (const std::string& line : synopsis_lines(command)) text += wrap(line, kBody);
  text += "\n";
  text += "DESCRIPTION\n";
  for (const std::string& paragraph : command.description) text += wrap(paragraph, kBody) + "\n";
  text += "OPTIONS\n";
  for (const Option& option : command.options)
    text += entry(option_term(option), option_text(option));
  if (!command.operands.choices.empty())
    text += entry(command.operands.name, operands_text(command.operands));
  text += entry("--help", kHelpText);
  text += pairs("ENVIRONMENT", command.environment);
  text += pairs("EXIT STATUS", command.exit_status);
  text += pairs("EXAMPLES", command.examples);
  text.pop_back();  // the blank line after the last entry
  return text;
}

std::string overview(const std::vector<Command>& commands) {
  std::string text =
      "assay measures what this machine's accelerators really deliver, and judges it.\n\n"
      "Usage: assay COMMAND [FLAGS]\n\nCommands:\n";
  std::size_t longest = 0;
  for (const Command& command : commands) longest = std::max(longest, command.name.size());
  for (const Command& command : commands)
    text += fmt::format("  {:<{}}  {}\n", command.name, longest, command.summary);
  text +=
      "\nassay help COMMAND prints a command's manual page. Start with:\n"
      "  assay run --profile quick -o result.json\n"
      "  assay check result.json\n";
  return text;
}

}  // namespace assay::cli
