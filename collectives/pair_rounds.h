// Measures the rounds of disjoint pairs that isolation asks for, on all ranks in step.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "collectives/communicator.h"
#include "harness/core/result.h"
#include "harness/fabric/isolation.h"
#include "harness/measure/device.h"

namespace assay {

inline constexpr const char* kPairWorkload = "pair";

struct PairRunOptions {
  std::string dtype = "f32";
  std::size_t bytes = 0;  // sent each way
  std::uint64_t seed = 0;
  std::vector<std::string> members;  // node names, by rank
  std::vector<std::string> racks;    // by rank; equal names are one rack
  std::vector<std::string> nics;     // names of the rails, where each is measured alone
  /// The level of the scope that two ranks share; `cluster` if not set.
  std::function<std::string(int a, int b)> level_between;
  const std::atomic<bool>* stop = nullptr;
  /// Called with the measurements of a round in its order, the same on every rank.
  std::function<void(const std::vector<Measurement>&)> on_round;
};

/// `rails` has one communicator for each of `options.nics`, which connects all ranks through that
/// NIC alone; if empty, pairs use `communicator`. A pair's time is the slower end's time in the
/// fastest of a few exchanges, both directions at once. Returns false when it was stopped; throws
/// LostPeer when a peer is lost, and Error when data arrived wrong.
bool run_pairs(Communicator& communicator, const std::vector<Communicator*>& rails, Device& device,
               const PairRunOptions& options);

/// The number of each rank's rack, as isolation counts them.
std::vector<int> rack_numbers(const std::vector<std::string>& racks);

/// The document's `isolation`: what a verdict needs to replay the rounds.
IsolationFacts isolation_facts(const PairRunOptions& options);

}  // namespace assay
