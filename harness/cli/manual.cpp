// Lays a manual page out in the order and indentation of man(1).
#include "harness/cli/manual.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

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

std::string option_text(const Option& option) {
  std::string text = option.help;
  if (!option.choices.empty()) text += fmt::format(" One of {}.", fmt::join(option.choices, ", "));
  if (!option.default_value.empty()) text += fmt::format(" Default: {}.", option.default_value);
  if (option.required) text += " Required.";
  return text;
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
  std::istringstream words(text);
  std::string wrapped, line, word;
  while (words >> word) {
    if (!line.empty() && indent + line.size() + 1 + word.size() > width) {
      wrapped += spaces(indent) + line + "\n";
      line.clear();
    }
    line += line.empty() ? word : " " + word;
  }
  return line.empty() ? wrapped : wrapped + spaces(indent) + line + "\n";
}

std::string manual(const Command& command) {
  std::string text =
      fmt::format("NAME\n{}assay {} - {}\n\n", spaces(kBody), command.name, command.summary);
  text += fmt::format("SYNOPSIS\n{}\n",
                      wrap(fmt::format("assay {} {}", command.name, command.synopsis), kBody));
  text += "DESCRIPTION\n";
  for (const std::string& paragraph : command.description) text += wrap(paragraph, kBody) + "\n";
  text += "OPTIONS\n";
  for (const Option& option : command.options)
    text += entry(option_term(option), option_text(option));
  text += entry("--help", "Prints this page.");
  text += pairs("ENVIRONMENT", command.environment);
  text += pairs("EXIT STATUS", command.exit_status);
  text += pairs("EXAMPLES", command.examples);
  text.pop_back();  // the blank line after the last entry
  return text;
}

std::string overview(const std::vector<Command>& commands) {
  std::string text =
      "assay measures what the accelerators of this machine really deliver, and judges it.\n\n"
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
