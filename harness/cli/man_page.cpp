// `assay man`: the manual pages for man(1), from the same data as --help.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "harness/cli/command.h"
#include "harness/cli/manual.h"
#include "harness/core/document.h"
#include "harness/core/output.h"
#include "harness/core/print.h"
#include "harness/core/version.h"

namespace assay::cli {

namespace {

constexpr const char* kBeginning = ".TH ASSAY";

/// Text as roff takes it: a backslash and a hyphen are escaped, and no line is a request.
std::string roff(const std::string& text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '\\') {
      escaped += "\\e";
    } else if (letter == '-') {
      escaped += "\\-";
    } else {
      escaped += letter;
    }
  }
  return escaped.starts_with('.') || escaped.starts_with('\'') ? "\\&" + escaped : escaped;
}

std::string bold(const std::string& text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + roff(text) + "\\fR"; }

std::string title(const std::string& name, const std::string& called, const std::string& summary) {
  return fmt::format("{}{} 1 \"\" \"assay {}\" \"Assay\"\n.SH NAME\n{} \\- {}\n", kBeginning, name,
                     version(), roff(called), roff(summary));
}

/// `term` is roff already.
std::string item(const std::string& term, const std::string& explanation) {
  return fmt::format(".TP\n{}\n{}\n", term, roff(explanation));
}

std::string flag_term(const Option& option) {
  std::string term = option.letter ? bold(fmt::format("-{}", option.letter)) + ", " : "";
  term += bold("--" + option.name);
  return option.value_name.empty() ? term : term + " " + italic(option.value_name);
}

std::string section(const std::string& heading,
                    const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string text = entries.empty() ? "" : ".SH " + heading + "\n";
  for (const auto& [term, explanation] : entries) text += item(bold(term), explanation);
  return text;
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

std::string page_of(const Command& command) {
  std::string text =
      title(roff(upper_case("-" + command.name)), "assay-" + command.name, command.summary);
  text += ".SH SYNOPSIS\n";
  for (const std::string& line : synopsis_lines(command)) text += roff(line) + "\n.br\n";
  text += ".SH DESCRIPTION\n";
  for (const std::string& paragraph : command.description) text += ".PP\n" + roff(paragraph) + "\n";
  text += ".SH OPTIONS\n";
  for (const Option& option : command.options) text += item(flag_term(option), option_text(option));
  if (!command.operands.choices.empty())
    text += item(italic(command.operands.name), operands_text(command.operands));
  text += item(bold("--help"), kHelpText);
  text += section("ENVIRONMENT", command.environment);
  text += section("EXIT STATUS", command.exit_status);
  text += section("EXAMPLES", command.examples);
  return text + ".SH SEE ALSO\n.BR assay (1)\n";
}

std::string overview_page(const std::vector<Command>& commands) {
  std::string text = title("", "assay", "measure what accelerators really deliver, and judge it");
  text += ".SH SYNOPSIS\n.B assay\n" + italic("COMMAND") + " [" + italic("FLAGS") + "]\n";
  text += ".SH COMMANDS\n";
  for (const Command& command : commands)
    text += item(bold("assay-" + command.name) + "(1)", command.summary + ".");
  return text + ".SH EXAMPLES\n.nf\n" + roff("assay run --profile quick -o result.json") + "\n" +
         roff("assay check result.json") + "\n.fi\n";
}

/// Every page's file name and text.
std::vector<std::pair<std::string, std::string>> all_pages() {
  const std::vector<Command> commands = all_commands();
  std::vector<std::pair<std::string, std::string>> pages = {{"assay.1", overview_page(commands)}};
  for (const Command& command : commands)
    pages.emplace_back(fmt::format("assay-{}.1", command.name), page_of(command));
  return pages;
}

ExitCode execute_man(const Arguments& arguments) {
  const auto& operands = arguments.operands();
  const auto pages = all_pages();
  if (arguments.has("output")) {
    if (!operands.empty()) throw Error("-o writes every page: name no COMMAND beside it");
    const std::filesystem::path folder = arguments.value("output");
    for (const auto& [file, text] : pages)
      refuse_output(
          {folder / file, text_beginning("a page of this manual", kBeginning), false, {}});
    for (const auto& [file, text] : pages) write_text(text, folder / file);
    return ExitCode::passed;
  }
  const std::string wanted =
      operands.empty() ? "assay.1" : fmt::format("assay-{}.1", operands.front());
  for (const auto& [file, text] : pages)
    if (file == wanted) print(text);
  return ExitCode::passed;
}

}  // namespace

Command man_command() {
  Command command;
  command.name = "man";
  command.summary = "print a manual page for man(1)";
  command.synopsis = "[COMMAND]\n-o FOLDER";
  command.description = {
      "Prints the page of a command, or the overview, as man(1) reads it; --help prints the same "
      "for a terminal. With -o every page is written into a folder, such as "
      "~/.local/share/man/man1. A page that is there is replaced."};
  command.options = {{.name = "output",
                      .letter = 'o',
                      .value_name = "FOLDER",
                      .help = "Write every page into this folder, which has to be there."}};
  command.operands = {"COMMAND", false};
  command.exit_status = {{"0", "The page was printed."}, {"2", "The folder cannot be written."}};
  command.examples = {{"assay man run | man -l -", "Shows the page of assay run."},
                      {"assay man -o ~/.local/share/man/man1", "Installs every page."}};
  command.execute = execute_man;
  return command;
}

}  // namespace assay::cli
