// One run: measures what a profile asks for and leaves its documents, however it ends.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/profile.h"
#include "harness/run/peers.h"
#include "harness/run/sink.h"
#include "harness/run/world.h"

namespace assay::run {

struct RunOptions {
  Profile profile;
  std::string backend = "auto";  // or cuda or host
  std::string filter;            // of case ids; empty: all
  std::uint64_t seed = 1;
  /// The document of a process alone, the folder of several; none: named by profile and time.
  std::optional<std::filesystem::path> output;
  bool force = false;                         // replaces what is there
  std::vector<std::filesystem::path> inputs;  // files that the command reads
  std::optional<Meeting> meeting;             // none: this process alone
  int local_ranks = 0;     // this many in this process, over the host's loopback; 0: none
  double deadline_s = 60;  // how long a rank waits for the others
  RackSource racks;
  std::vector<std::string> nics;     // through each of which pairs are measured
  std::vector<std::string> command;  // for the record
  std::string version;               // of this executable
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const Step&)> on_step;
};

struct RunEnd {
  bool whole = true;            // false: stopped; the documents say interrupted
  bool is_first = true;         // this process has the run's own document
  std::filesystem::path where;  // the document, or the folder
  Result result;                // what this process has to show
};

/// A process alone is a world of one. Input that is refused leaves no document. What breaks the run
/// is thrown, and left in the documents as status error with what was measured before; of several
/// processes all end, within the deadline, and the message names the rank that was lost.
RunEnd run(const RunOptions& options);

}  // namespace assay::run
