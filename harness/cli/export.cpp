// `assay export`: a run's folder as an archive on standard output, for its collector.
#include <cstdio>
#include <filesystem>

#include "harness/cli/command.h"
#include "harness/cli/terminal.h"
#include "harness/cluster/archive.h"
#include "harness/cluster/hold.h"
#include "harness/core/print.h"

namespace assay::cli {

namespace {

ExitCode execute_export(const Arguments& arguments) {
  if (arguments.operands().size() != 1) throw Error("name one folder to export");
  const cluster::HeldFolder folder(arguments.operands().front());
  if (arguments.has("acknowledge")) {
    folder.acknowledge();
    return ExitCode::passed;
  }
  if (arguments.has("held") && !folder.ended()) {
    print(stderr, "assay: the run has not ended yet\n");
    return ExitCode::failed;
  }
  if (is_terminal(stdout))
    throw Error("an archive is no text for a terminal: write it to a file, e.g. > results.tar");
  const std::string archive = cluster::pack(folder.path());
  if (std::filesystem::is_empty(folder.path()))
    print(stderr, "assay: warning: the folder is empty, and so is the archive\n");
  print_rendered(stdout, archive);
  return ExitCode::passed;
}

}  // namespace

Command export_command() {
  Command command;
  command.name = "export";
  command.summary = "write a run's folder to standard output as an archive";
  command.synopsis = "FOLDER [--held] [--acknowledge]";
  command.description = {
      "Writes every file of the folder as a tar archive to standard output. Its last member, "
      "SHA256SUMS, has the digest of every other, so that a stream that was cut is not taken for a "
      "whole one. `assay cluster collect` reads it through `kubectl exec`: the container needs no "
      "tar and no shell.",
      "--held refuses while `assay hold` still runs; --acknowledge writes nothing and tells it "
      "that the folder was received."};
  command.options = {
      {.name = "held", .help = "Exit 1 while the run of `assay hold` goes on."},
      {.name = "acknowledge", .help = "Tell `assay hold` that the folder was received whole."}};
  command.operands = {"FOLDER", true};
  command.exit_status = {{"0", "The archive was written whole."},
                         {"1", "With --held: the run has not ended yet."},
                         {"2", "The folder cannot be read."}};
  command.examples = {{"kubectl exec POD -- assay export /results | tar x -C results/",
                       "Takes the results of a rank by hand."}};
  command.execute = execute_export;
  return command;
}

}  // namespace assay::cli
