// The ranks that share a scope, and the rate of the slowest path between them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectives/topology/places.h"

namespace assay {

struct ScopeGroup {
  Scope scope;             // members: devices within a node, else nodes
  std::vector<int> ranks;  // ascending
};

/// The levels of a scope, narrowest first.
const std::vector<std::string>& scope_levels();

/// The groups of two ranks or more at a level, in the order of their first ranks. Ranks whose place
/// at that level is unknown belong to no group.
std::vector<ScopeGroup> scope_groups(const std::vector<RankPlace>& places,
                                     const std::string& level);

/// The narrowest level above `device` that all `places` share, at most `node`; `cluster` for
/// several nodes. `places` is not empty.
std::string level_shared_by(const std::vector<const RankPlace*>& places);

/// The group of all ranks, at level `node` if they share one, else `cluster`.
ScopeGroup whole_group(const std::vector<RankPlace>& places);

/// The groups inside the whole, level by level from the widest. A group with the same ranks as one
/// at a wider level is left out.
std::vector<std::vector<ScopeGroup>> groups_within(const std::vector<RankPlace>& places);

/// The number of all ranks, then every other size of the groups inside, largest first.
std::vector<int> sizes_of_groups(const std::vector<RankPlace>& places);

/// The bound on bus bandwidth of what crosses the links. Switches that add let an all-reduce of
/// NVLink alone exceed it by switch_gain().
struct ScopeLight {
  double bytes_per_s = 0;
  std::string limited_by;  // nvlink | pcie | nic
  bool has_adding_switches = false;
};

/// Absent if a part of the path is unknown.
std::optional<ScopeLight> speed_of_light(const ScopeGroup& group,
                                         const std::vector<RankPlace>& places);

}  // namespace assay
