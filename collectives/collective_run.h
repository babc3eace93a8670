// Measures a profile's collectives over a communicator, every rank in step.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collectives/collective.h"
#include "collectives/topology/scopes.h"
#include "harness/core/profile.h"
#include "harness/measure/device.h"

namespace assay {

/// One collective at one size: its implementations are measured in alternation. An implementation
/// is named like the communicator (`gloo`), with a suffix for a variant of it (variants.h).
struct CollectiveGroup {
  const Collective* collective = nullptr;
  std::string dtype;
  std::size_t bytes = 0;
  Series series = Series::hot;
  std::vector<std::string> implementations;
  std::optional<SamplingRule> sampling = {};  // in place of the run's

  CaseId id(const std::string& implementation, int ranks) const;
};

struct ForcedRanks {
  Communicator* communicator = nullptr;
  std::string why_not;
};

struct CollectiveRunOptions {
  SamplingRule sampling;
  std::uint64_t seed = 0;
  std::string level = "cluster";            // of the scope that the ranks form
  std::vector<std::string> members;         // their names, by rank
  std::optional<ScopeLight> light;          // the bound of bus bandwidth, where it is known
  int ranks_of_device = 1;                  // the most that share one device and its memory
  const std::atomic<bool>* stop = nullptr;  // this rank's request; ranks agree on when to stop
  /// By algorithm: a communicator of the same ranks with it forced, or why there is none.
  std::map<std::string, ForcedRanks> forced;
  bool is_first_of_process = true;  // the first rank of its process
  std::function<void(const std::vector<Measurement>&)> on_group;
  std::function<void(std::size_t done, std::size_t total, const std::string& name)> on_progress;
};

/// Returns false when it was stopped. Throws LostPeer when a peer is lost; what was measured
/// before has gone to `on_group`.
bool run_collectives(Communicator& communicator, Device& device,
                     const std::vector<CollectiveGroup>& groups,
                     const CollectiveRunOptions& options);

}  // namespace assay
