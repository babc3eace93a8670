// Who takes part in a run: its processes (one a node), and the rank of every device.
#pragma once

#include <string>
#include <vector>

#include "collectives/rendezvous/client.h"
#include "collectives/topology/places.h"
#include "harness/cli/arguments.h"
#include "harness/core/result.h"

namespace assay::cli {

struct FabricWorld {
  std::string run_id;
  std::vector<std::string> nodes, racks;  // by process; two processes of one host keep two names
  std::vector<RankPlace> places;          // by rank: one a device, processes in their order
  std::vector<std::string> nics;          // pairs are measured through each alone; the same on all
  int process = 0;
  int first_rank = 0;  // of this process

  /// By rank: the node where it has one device, else node and device, as verdicts name them.
  std::vector<std::string> members() const;
};

/// The rack of each node as --topology's file or the labels of --rack-labels say; empty: not known.
RackOfNode racks_of(const Arguments& arguments, const NodeFacts& node);

/// The names in --nics, in their order; none without it. Throws Error for one
/// named twice.
std::vector<std::string> nics_of(const Arguments& arguments);

/// A process alone: its devices are the world. Collective with nobody.
FabricWorld world_alone(const Result& node, const RackOfNode& racks);

/// Tells the others who this process is and learns the same of them. Throws Error on the process
/// that was started otherwise than the first (another profile, backend, seed or --nics).
FabricWorld meet(rendezvous::Client& client, const Result& node, const RackOfNode& racks,
                 const std::vector<std::string>& nics);

}  // namespace assay::cli
