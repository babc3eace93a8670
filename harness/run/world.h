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

/// What a process was started with, where its document does not say it.
struct StartedWith {
  std::string filter;
  std::vector<std::string> nics;
  std::string folder_taken;  // why it may not write where it was told to; empty: it may
};

/// Says to the others who this process is and learns the same of them. Throws Error, the same on
/// all, when one may not write or would measure something else than the first: it has another
/// executable, profile, backend, seed, filter or `nics`.
World world_met(rendezvous::Client& client, const Result& node, const RackOfNode& racks,
                const StartedWith& own);

}  // namespace assay::run
