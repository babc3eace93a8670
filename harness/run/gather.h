// Measurements of groups that the first process has no rank in, brought to it.
#pragma once

#include <string>
#include <vector>

#include "collectives/rendezvous/client.h"
#include "harness/core/result.h"

namespace assay::run {

struct Gathered {
  std::vector<Measurement> measurements;  // of all processes, in their order; on the first alone
  bool whole = true;                      // no process was stopped; the same on all
};

/// Every process brings its own at the same time; `client` is null for a process alone.
/// `patience_s` is how far apart they may come, `name` tells one gathering from the next.
Gathered gather_measurements(rendezvous::Client* client, const std::string& name, Gathered own,
                             double patience_s);

}  // namespace assay::run
