// What processes exchange: measurements of groups that the first has no rank in, and hashes.
#pragma once

#include <string>
#include <vector>

#include "collectives/rendezvous/client.h"
#include "harness/core/result.h"
#include "harness/run/documents.h"

namespace assay::run {

struct Gathered {
  std::vector<Measurement> measurements;  // of all processes, in their order; on the first alone
  bool whole = true;                      // no process was stopped; the same on all
};

/// Every process brings its own at the same time; `client` is null for a process alone.
/// `patience_s` is how far apart they may come, `name` tells one gathering from the next.
Gathered gather_measurements(rendezvous::Client* client, const std::string& name, Gathered own,
                             double patience_s);

/// The names and SHA-256 of every document of the run: the nodes' by rank, then the one between
/// ranks. The same list on every process, each of which brings its own; `client` is null for a
/// process alone.
std::vector<NamedDocument> gather_hashes(rendezvous::Client* client, const DocumentHashes& own);

}  // namespace assay::run
