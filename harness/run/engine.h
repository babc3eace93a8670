// The steps of a run, as the process that measures takes them.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/profile.h"
#include "harness/run/folder.h"
#include "harness/run/peers.h"
#include "harness/run/report.h"
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
  int local_ranks = 0;         // this many in this process, over the host's loopback; 0: none
  double deadline_s = 60;      // how long a rank waits for the others
  double case_deadline_s = 0;  // without progress; 0: from what a case takes, at least 30 s
  bool verify_only = false;    // of what is measured on devices; nothing is timed
  RackSource racks;
  std::vector<std::string> nics;     // through each of which pairs are measured
  std::vector<std::string> command;  // for the record
  std::string version;               // of this executable
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const Step&)> on_step;
};

/// What a worker starts from.
struct WorkerStart {
  DocumentPlaces places;
  Result first;                       // the node's document before anything is known of the machine
  std::vector<Measurement> recorded;  // on devices, by the workers before this one
};

/// Measures what is asked and not recorded yet, and reports it. What breaks the run is thrown,
/// after the documents were left as status error; input that is refused leaves none. Of several
/// processes all end, within the deadline, and the message names the rank that was lost.
void work(const RunOptions& options, const WorkerStart& start, const std::atomic<bool>& stop,
          Report& report);

}  // namespace assay::run
