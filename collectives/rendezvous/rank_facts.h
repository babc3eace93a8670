// This process's rank, world size and rendezvous, from flags or the launcher's environment.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "collectives/rendezvous/endpoint.h"

namespace assay::rendezvous {

/// Values from the command line; absent: not given.
struct RankFlags {
  std::optional<int> rank, world_size;
  std::optional<std::string> rendezvous;  // HOST:PORT
};

struct RankFacts {
  int rank = 0;
  int world_size = 1;
  Endpoint rendezvous;  // rank 0's; no host in a world of one
  std::string source;   // which of the sources below gave the rank, for messages
};

/// Whether a flag or a variable of ours says that this process is one of several; a launcher's
/// alone is not enough, since it may start runs that have nothing to do with each other.
bool is_told_of_ranks(const RankFlags& flags,
                      const std::function<const char*(const char*)>& environment);

/// The sources, in order: flags, ASSAY_*, then the variables of torchrun, an indexed Job, Slurm and
/// Open MPI. The first source that has a fact gives it, and every other that has it must agree.
/// Throws Error naming both sources when two disagree, when a rank comes without a world size, or
/// when a world of several has no rendezvous. `environment` is getenv, or a test's.
RankFacts rank_facts(const RankFlags& flags,
                     const std::function<const char*(const char*)>& environment);

}  // namespace assay::rendezvous
