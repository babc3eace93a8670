// `assay hold`: what a container runs: `assay run`, then its folder is kept until somebody has it.
#include "harness/cluster/hold.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "harness/cli/command.h"
#include "harness/cli/stop_signal.h"
#include "harness/core/print.h"

extern char** environ;

namespace assay::cli {

namespace {

constexpr auto kPoll = std::chrono::milliseconds(200);

/// `assay WORDS`, this same executable.
pid_t start(const std::vector<std::string>& words) {
  std::vector<char*> arguments = {const_cast<char*>("assay")};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int problem =
      posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments.data(), environ);
  if (problem != 0)
    throw Error(fmt::format("cannot start assay again: {}", std::strerror(problem)));
  return child;
}

/// A signal to end is handed on: the run writes its document as interrupted.
int wait_for(pid_t child, const StopSignals& signals) {
  bool stop_requested = false;
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
    if (ended < 0 && errno != EINTR) return 2;
    if (*signals.flag() && !stop_requested) {
      kill(child, SIGTERM);
      stop_requested = true;
    }
    std::this_thread::sleep_for(kPoll);
  }
}

ExitCode execute_hold(const Arguments& arguments) {
  const StopSignals signals;
  const std::vector<std::string>& operands = arguments.operands();
  if (operands.size() < 2) throw Error("name a folder, then -- and what assay is to run");
  const cluster::HeldFolder folder(operands.front());
  const auto patience = std::chrono::seconds(arguments.number("deadline"));
  const int code = wait_for(start({operands.begin() + 1, operands.end()}), signals);
  folder.set_ended(code);
  print(stderr, fmt::format("assay: the run ended with {}; {} is held for {} s to be collected\n",
                            code, folder.path().string(), patience.count()));
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!folder.acknowledged() && !*signals.flag() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(kPoll);
  print(stderr, folder.acknowledged() ? "assay: collected\n" : "assay: nobody collected it\n");
  return static_cast<ExitCode>(code);
}

}  // namespace

Command hold_command() {
  Command command;
  command.name = "hold";
  command.summary = "run, then keep the folder of results until it is collected";
  command.synopsis = "FOLDER [--deadline SECONDS] -- run ARGUMENTS...";
  command.description = {
      "What a container of a cluster runs. Starts `assay run ARGUMENTS`, waits for its end, and "
      "then stays, so that the folder, which goes with the pod, can be taken by `assay export` "
      "through `kubectl exec`. Ends when the folder was acknowledged, at the deadline, or at "
      "SIGTERM, which is handed on to the run."};
  command.options = {{.name = "deadline",
                      .value_name = "SECONDS",
                      .help = "How long to wait for the collection once the run has ended.",
                      .default_value = "900",
                      .range = Range{0, 604800}}};
  command.operands = {"FOLDER -- COMMAND...", true};
  command.exit_status = {{"0 to 3", "The exit code of the run, collected or not."}};
  command.examples = {{"assay hold /results -- run --profile quick -o /results/result.json",
                       "Measures, then waits for `assay export /results --acknowledge`."}};
  command.execute = execute_hold;
  return command;
}

}  // namespace assay::cli
