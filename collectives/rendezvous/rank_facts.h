// Who this process is among the ranks: from flags or from what the launcher set.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace assay::rendezvous {

/// What the command line gave; absent: not given.
struct RankFlags {
  std::optional<int> rank, world_size;
  std::optional<std::string> rendezvous;  // HOST:PORT
};

struct RankFacts {
  int rank = 0;
  int world_size = 1;
  std::string host;  // of rank 0; empty in a world of one
  std::uint16_t port = 0;
  std::string source;  // which of the sources below gave the rank, for messages
};

/// Flags, then ASSAY_*, torchrun's, an indexed Job's, Slurm's, Open MPI's: the first that knows a
/// fact gives it, and any other that knows it must agree. Throws Error naming both sources when two
/// disagree, when a rank comes without a world size, or when a world of several has no rendezvous.
/// `environment` is getenv, or a test's.
RankFacts rank_facts(const RankFlags& flags,
                     const std::function<const char*(const char*)>& environment);

}  // namespace assay::rendezvous
