// What a profile asks between ranks: collectives by group, and the pairs that isolation measures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectives/collective_run.h"
#include "harness/core/profile.h"
#include "harness/measure/device.h"

namespace assay::cli {

struct FabricPlan {
  struct Pairs {
    std::string dtype;
    std::size_t bytes = 0;
  };
  std::vector<CollectiveGroup> collectives;
  std::optional<Pairs> pairs;
  bool empty() const { return !pairs && collectives.empty(); }
};

/// The profile's cases that span ranks. `filter` is as for plan(); it is matched with the case ids
/// of `ranks` ranks.
FabricPlan fabric_plan(const Profile& profile, Backend backend, const std::string& filter,
                       int ranks);

/// Throws Error where the profile has nothing for a process alone.
void refuse_alone(const Profile& profile);
/// Whether the profile asks for something that one process measures.
bool has_node_cases(const Profile& profile, Backend backend);

}  // namespace assay::cli
