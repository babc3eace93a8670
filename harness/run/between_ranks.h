// What is between the ranks, measured by all of them in step and written by the first.
#pragma once

#include <atomic>

#include "collectives/local_ranks.h"
#include "harness/run/world.h"
#include "harness/run/document.h"
#include "harness/core/asked_cases.h"

namespace assay::cli {

struct FabricMeasuring {
  const FabricWorld& world;
  const Profile& profile;
  LocalRanks& ranks;
  rendezvous::Client* client = nullptr;  // null for a process alone
  double deadline_s = 60;
  RunDocument* document = nullptr;  // on the first process alone
  std::uint64_t seed = 0;
  const std::atomic<bool>* stop = nullptr;  // this process's wish; ranks agree on the moment
};

/// Of what is asked, the groups between ranks. Returns false when it was stopped. Throws LostPeer
/// when a peer is lost; the document then holds what was measured before.
bool measure_between_ranks(const std::vector<AskedGroup>& asked, const FabricMeasuring& measuring);

}  // namespace assay::cli
