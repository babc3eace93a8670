// Finds the subcommand, runs it, and turns what it throws into one line and an exit code.
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "harness/cli/cli.h"
#include "harness/cli/command.h"
#include "harness/cli/manual.h"
#include "harness/cli/stack_room.h"
#include "harness/core/plain_text.h"
#include "harness/core/print.h"

namespace assay::cli {

namespace {

constexpr const char* kNotPrinted =
    "cannot write to standard output: what was printed is not whole";

const Command& find_command(const std::vector<Command>& commands, const std::string& name) {
  for (const Command& command : commands)
    if (command.name == name) return command;
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.name);
  throw Error(
      fmt::format("'{}' is not a command: there are {}, and help", name, fmt::join(names, ", ")));
}

ExitCode help(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  if (words.empty()) {
    print(overview(commands));
  } else {
    print(manual(find_command(commands, words.front())));
  }
  return ExitCode::passed;
}

/// `--help` wins over whatever else is on the line, up to a bare `--`.
bool asks_for_help(const std::vector<std::string>& words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::find_if(words.begin(), end, [](const std::string& word) {
           return word == "--help" || word == "-h";
         }) != end;
}

ExitCode dispatch(const std::vector<std::string>& line) {
  const std::vector<Command> commands = all_commands();
  if (line.size() < 2) throw Error("a command is missing: `assay help` lists them");
  const std::string& first = line[1];
  const std::vector<std::string> words(line.begin() + 2, line.end());
  if (first == "help" || first == "--help" || first == "-h") return help(commands, words);
  const Command& command = find_command(commands, first == "--version" ? "version" : first);
  if (asks_for_help(words)) return help(commands, {command.name});
  return command.execute(parse_arguments(command.options, command.operands, words, line));
}

/// A file that is opened where a standard stream was closed would get what is written to that
/// stream: a document was written over a lock. Every stream that is closed is opened in the
/// direction that it has not, so that it still fails like a closed one.
void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) == -1)  // the lowest number that is free is this one
      (void)::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/// One line, whatever a library put into its message.
int broken(const std::string& message, ExitCode code) {
  std::fflush(stdout);
  print(stderr, "assay: " + plain_line(message) + "\n");
  return static_cast<int>(code);
}

}  // namespace

std::vector<Command> all_commands() {
  std::vector<Command> commands = {run_command(),        check_command(),    compare_command(),
                                   report_command(),     site_command(),     import_command(),
                                   list_command(),       devices_command(),  baseline_command(),
                                   simulate_command(),   evidence_command(), sign_command(),
                                   verify_command(),     cluster_command(),  export_command(),
                                   hold_command(),       tune_command(),     validate_command(),
                                   completion_command(), man_command(),      version_command()};
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.name);
  for (Command& command : commands)
    if (command.name == "man") command.operands.choices = names;
  return commands;
}

int main(int argc, char** argv) {
  occupy_closed_streams();
  // A file-size limit must end like a full disk: as an error of write(2), not by a signal.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    make_room_on_stacks();
    const ExitCode code = dispatch(std::vector<std::string>(argv, argv + argc));
    if (std::fflush(stdout) != 0 || std::ferror(stdout)) throw Error(kNotPrinted);
    return static_cast<int>(code);
  } catch (const Error& error) {
    return broken(error.what(), error.code());
  } catch (const std::bad_alloc&) {
    return broken("out of memory", ExitCode::broken);
  } catch (const std::exception& error) {
    return broken(fmt::format("unexpected: {}", error.what()), ExitCode::broken);
  }
}

}  // namespace assay::cli
