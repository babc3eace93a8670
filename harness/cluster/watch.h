// Waits for a run to start, and says what it waits for.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "harness/cluster/explain.h"
#include "harness/cluster/run_objects.h"
#include "harness/cluster/stamp.h"

namespace assay::cluster {

/// Time, the user's patience and the line that the user sees; a test has a clock of its own.
struct Pace {
  std::function<double()> now_s;
  std::function<void(double)> sleep_s;
  std::function<bool()> stopped;  // Ctrl-C
  std::function<void(const std::string&)> say;
  double deadline_s = 3600;  // on the clock of now_s
};

/// What was learnt while the run was watched; pods and claims may be gone when it is needed.
struct Memory {
  std::map<std::string, PodFacts> pods;
  std::optional<GangFacts> gang;  // of a run that was watched from its start
  std::vector<Cause> causes;      // the last that were seen
};

/// Returns when every pod runs. Throws Error with the causes: as soon as one of them has been
/// hopeless for ten seconds, or at the deadline, or when the user stops it.
void wait_until_running(Kubectl& kubectl, const Target& target, int nodes,
                        const Inventory& inventory, const Pace& pace, Memory& memory);

/// One line: every cause of `causes`, the pods of one cause together.
std::string sentence(const std::vector<Cause>& causes);

}  // namespace assay::cluster
