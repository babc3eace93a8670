// The command line as a function: everything `assay` does, from argv to the exit code.
#pragma once

namespace assay::cli {

/// Runs one subcommand and returns the process's exit code (ExitCode). Every Error of a run ends
/// here as one line on stderr.
int main(int argc, char** argv);

}  // namespace assay::cli
