// Measures collectives over all ranks and every scope inside, and pairs, on all ranks in step.
#pragma once

#include <atomic>
#include <vector>

#include "collectives/collective_run.h"
#include "collectives/local_ranks.h"
#include "collectives/pair_rounds.h"
#include "harness/core/asked_cases.h"
#include "harness/run/sink.h"
#include "harness/run/world.h"

namespace assay::run {

struct BetweenRanks {
  const World& world;
  SamplingRule sampling;
  LocalRanks& ranks;
  rendezvous::Client* client = nullptr;  // null for a process alone
  double deadline_s = 60;
  std::uint64_t seed = 0;
  const std::atomic<bool>* stop = nullptr;  // this process's request; ranks agree on when to stop
};

/// Measures the asked groups between ranks. The first process gets the measurements of all. Returns
/// false when it was stopped. Throws LostPeer when a peer is lost.
bool measure_between_ranks(const std::vector<AskedGroup>& asked, const BetweenRanks& with,
                           Sink& sink);

/// The asked collectives of a scope of `ranks` ranks.
std::vector<CollectiveGroup> collectives_over(const std::vector<AskedGroup>& asked,
                                              std::size_t ranks);

/// The participants of pairs and their places. The caller sets dtype and bytes.
PairRunOptions pair_options(const World& world, std::uint64_t seed);

}  // namespace assay::run
