// Who this process is among the ranks: from flags or from what the launcher set.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "collectives/rendezvous/endpoint.h"

namespace assay::rendezvous {

/// What the command line gave; absent: not given.
struct RankFlags {
  std::optional<int> rank, world_size;
  std::optional<std::string> rendezvous;  // HOST:PORT
};

struct RankFacts {
  int rank = 0;
  int world_size = 1;
  Endpoint rendezvous;  // rank 0's; without a host in a world of one
  std::string source;   // which of the sources below gave the rank, for messages
};

/// Flags, then ASSAY_*, torchrun's, an indexed Job's, Slurm's, Open MPI's: the first that knows a
/// fact gives it, and any other that knows it must agree. Throws Error naming both sources when two
/// disagree, when a rank comes without a world size, or when a world of several has no rendezvous.
/// `environment` is getenv, or a test's.
RankFacts rank_facts(const RankFlags& flags,
                     const std::function<const char*(const char*)>& environment);

}  // namespace assay::rendezvous
