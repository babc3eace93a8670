// How far a run is: from claims to pods to ranks.
#pragma once

#include <string>

#include "harness/cluster/objects.h"

namespace assay::cluster {

struct Progress {
  long wanted = 0, claims = 0, allocated = 0, scheduled = 0, running = 0, ended = 0;

  bool all_run() const { return wanted > 0 && running == wanted; }
  /// `2 of 2 claims allocated, 2 of 2 pods scheduled, 1 running`.
  std::string line() const;
};

Progress progress_of(const Snapshot& snapshot, int nodes);

}  // namespace assay::cluster
