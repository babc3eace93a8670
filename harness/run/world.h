// Who takes part in a run: its processes (one a node), and the rank of every device.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "collectives/rendezvous/client.h"
#include "collectives/topology/places.h"
#include "harness/core/asked_cases.h"
#include "harness/core/result.h"
#include "harness/run/machine.h"

namespace assay::run {

struct World {
  std::string run_id;
  std::vector<std::string> nodes, racks;  // by process; two processes of one host keep two names
  std::vector<RankPlace> places;          // by rank: one a device, processes in their order
  std::vector<std::string> nics;          // pairs are measured through each alone; the same on all
  int process = 0;
  int first_rank = 0;  // of this process

  /// By rank: the node where it has one rank, else node and device, or node and rank where ranks
  /// share a device; as verdicts name them.
  std::vector<std::string> members() const;
  /// What decides which cases of a profile this process has.
  AskedWorld as_asked(const Devices& devices) const;
};

/// Where it stands which rack a node is in.
struct RackSource {
  std::optional<std::filesystem::path> file;  // a topology file
  std::vector<std::string> label_keys;        // else the first of these labels that the node has
};

RackOfNode racks_of(const RackSource& source, const NodeFacts& node);

/// A world of `processes` nodes like this one: one is this process alone, several is a guess at
/// those who have not met yet. `racks` may name the rack of this one.
World world_like(const Result& machine, int processes, const RackOfNode& racks = {});

/// The world of a host alone whose one device is shared by `ranks` ranks.
World world_of_local_ranks(const Result& machine, int ranks, const RackOfNode& racks);

/// Says to the others who this process is and learns the same of them. Throws Error on the process
/// that was started otherwise than the first (another profile, backend, seed or `nics`).
World world_met(rendezvous::Client& client, const Result& node, const RackOfNode& racks,
                const std::vector<std::string>& nics);

}  // namespace assay::run
