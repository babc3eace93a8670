// `assay completion`: what a shell offers while a command is typed.
#include "harness/cli/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/print.h"

namespace assay::cli {

namespace {

std::string word_list(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> names_of(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.name);
  return names;
}

/// True for `FILE`, `NAME|FILE`, `FOLDER`, `PATH...`.
bool is_path(const std::string& value_name) {
  for (const char* word : {"FILE", "DIR", "FOLDER", "PATH"})
    if (value_name.find(word) != std::string::npos) return true;
  return false;
}

/// The words that a value may be.
std::vector<std::string> words_of(const Option& option) {
  return option.choices.empty() ? option.built_in : option.choices;
}

std::string bash_value(const Command& command, const Option& option) {
  const std::string letter =
      option.letter ? fmt::format(" | '{} -{}'", command.name, option.letter) : "";
  return fmt::format("    '{} --{}'{}) words='{}' files={} ;;\n", command.name, option.name, letter,
                     word_list(words_of(option)), is_path(option.value_name) ? 1 : 0);
}

std::string bash_flags(const Command& command) {
  std::vector<std::string> words;
  for (const Option& option : command.options) {
    words.push_back("--" + option.name);
    if (option.letter) words.push_back(fmt::format("-{}", option.letter));
  }
  words.emplace_back("--help");
  words.insert(words.end(), command.operands.choices.begin(), command.operands.choices.end());
  return fmt::format("      {}) words='{}' files={} ;;\n", command.name, word_list(words),
                     is_path(command.operands.name) ? 1 : 0);
}

/// Single quotes, brackets and colons mean something to _arguments.
std::string zsh_text(const std::string& text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '\'') {
      escaped += "'\\''";
      continue;
    }
    if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

std::string zsh_action(const std::vector<std::string>& words, bool files) {
  if (words.empty()) return files ? "_files" : " ";
  if (!files) return fmt::format("({})", word_list(words));
  return fmt::format("{{_alternative \"words:built in:({})\" \"files:file:_files\"}}",
                     word_list(words));
}

std::string zsh_option(const Option& option) {
  const std::string help = zsh_text(option.help.substr(0, option.help.find_first_of(".;:")));
  const std::string value =
      option.value_name.empty()
          ? ""
          : fmt::format(":{}:{}", zsh_text(option.value_name),
                        zsh_action(words_of(option), is_path(option.value_name)));
  const char* equals = option.value_name.empty() ? "" : "=";
  if (!option.letter)
    return fmt::format("        '--{}{}[{}]{}' \\\n", option.name, equals, help, value);
  return fmt::format("        '(-{0} --{1})'{{-{0}{2},--{1}{3}}}'[{4}]{5}' \\\n", option.letter,
                     option.name, option.value_name.empty() ? "" : "+", equals, help, value);
}

std::string zsh_command(const Command& command) {
  std::string text = fmt::format("    {})\n      _arguments -s \\\n", command.name);
  for (const Option& option : command.options) text += zsh_option(option);
  const std::string& operands = command.operands.name;
  if (!operands.empty())
    text += fmt::format("        '*:{}:{}' \\\n", zsh_text(operands),
                        zsh_action(command.operands.choices, is_path(operands)));
  return text + "        '--help[print the manual page]' ;;\n";
}

ExitCode execute_completion(const Arguments& arguments) {
  const std::vector<Command> commands = all_commands();
  print(arguments.operands().front() == "zsh" ? zsh_completion(commands)
                                              : bash_completion(commands));
  return ExitCode::passed;
}

}  // namespace

std::string bash_completion(const std::vector<Command>& commands) {
  const std::string names = word_list(names_of(commands));
  std::string text = fmt::format(
      "# Completion of assay for bash, made by `assay completion bash`.\n"
      "_assay() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} words= "
      "files=0\n"
      "  if [[ $word == = ]]; then word=; fi  # of --flag=value\n"
      "  if [[ $before == = ]]; then before=${{COMP_WORDS[COMP_CWORD-2]}}; fi\n"
      "  case \"${{COMP_WORDS[1]}} $before\" in\n"
      "    'help help') words='{} help --help --version' ;;\n",
      names);
  for (const Command& command : commands)
    for (const Option& option : command.options)
      if (!option.value_name.empty()) text += bash_value(command, option);
  text += "    *) case \"${COMP_WORDS[1]}\" in\n";
  for (const Command& command : commands) text += bash_flags(command);
  return text +
         "    esac ;;\n"
         "  esac\n"
         "  if ((COMP_CWORD == 1)); then words='" +
         names +
         " help --help --version' files=0; fi\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "  if ((files)); then\n"
         "    compopt -o filenames 2>/dev/null\n"
         "    local file\n"
         "    while IFS= read -r file; do COMPREPLY+=(\"$file\"); done < <(compgen -f -- "
         "\"$word\")\n"
         "  fi\n"
         "}\n"
         "complete -F _assay assay\n";
}

std::string zsh_completion(const std::vector<Command>& commands) {
  std::string text =
      "#compdef assay\n"
      "# Completion of assay for zsh, made by `assay completion zsh`.\n"
      "_assay() {\n"
      "  local -a commands=(\n";
  for (const Command& command : commands)
    text += fmt::format("    '{}:{}'\n", command.name, zsh_text(command.summary));
  text +=
      "    'help:print a manual page'\n"
      "  )\n"
      "  if ((CURRENT == 2)); then\n"
      "    _describe -t commands 'command' commands\n"
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n"
      "  ((CURRENT--))\n"
      "  case $command in\n";
  for (const Command& command : commands) text += zsh_command(command);
  return text +
         "    help) _describe -t commands 'command' commands ;;\n"
         "  esac\n"
         "}\n"
         "if [[ $funcstack[1] == _assay ]]; then _assay \"$@\"; else compdef _assay assay; fi\n";
}

Command completion_command() {
  Command command;
  command.name = "completion";
  command.summary = "print what completes this command line in a shell";
  command.synopsis = "bash|zsh";
  command.description = {
      "Prints a script with every command, its flags and the values that they take, for the "
      "completion of bash or zsh. The packages install both."};
  command.operands = {"SHELL", true, {"bash", "zsh"}};
  command.exit_status = {{"0", "The script was printed."}, {"2", "The shell is not one of these."}};
  command.examples = {
      {"source <(assay completion bash)", "Completes in this shell."},
      {"assay completion zsh > ~/.zfunc/_assay", "For a folder that is in zsh's fpath."}};
  command.execute = execute_completion;
  return command;
}

}  // namespace assay::cli
