// From what was typed to a verdict: the documents, the profile that judges them, the baselines.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/arguments.h"
#include "harness/core/baseline.h"
#include "harness/core/result.h"
#include "harness/core/verdict.h"

namespace assay::cli {

/// Every file that the command reads: documents, `--profile` and `--baseline`.
std::vector<std::filesystem::path> inputs_of(const Arguments& arguments);

/// The same by name and digest, for a verdict that is kept.
std::vector<VerdictInput> verdict_inputs(const Arguments& arguments);

std::vector<Result> read_results(const std::vector<std::string>& operands);

/// The one built-in profile that all documents were made with. Throws Error when there is none.
std::string profile_of(const std::vector<Result>& results);

/// Those of `--baseline` and the built-in ones, in this order. Of rows that fit alike and ask the
/// same the first counts.
std::vector<Baseline> read_baselines(const Arguments& arguments);

/// Judges by `--profile`, else by the one profile that all documents were made with, with the
/// baselines of `--baseline` beside the built-in ones; warns on stderr when the profile has changed
/// since, of simulated documents, and where no baseline of `--baseline` is of their devices. Throws
/// Error when no profile follows from the documents. `results` are afterwards what they were; they
/// are not copied.
VerdictDocument judged(std::vector<Result>& results, const Arguments& arguments);

/// The same of the command's documents while they are read, in a sixth of the memory. Nothing where
/// they refer to one another, or a requirement needs them all at once: read and judge them then.
std::optional<VerdictDocument> judged_as_read(const Arguments& arguments);

}  // namespace assay::cli
