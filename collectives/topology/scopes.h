// The ranks that share a scope, and what the slowest way between them can carry.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectives/topology/places.h"

namespace assay {

struct ScopeGroup {
  Scope scope;             // members: devices inside a node, nodes from there on
  std::vector<int> ranks;  // ascending
};

/// The levels of a scope, narrowest first.
const std::vector<std::string>& scope_levels();

/// The groups of two ranks or more at a level, in the order of their first ranks. Ranks whose place
/// at that level is not known are in none.
std::vector<ScopeGroup> scope_groups(const std::vector<RankPlace>& places,
                                     const std::string& level);

/// The narrowest level above a device that these share, `node` at the widest; of several nodes
/// `cluster`. At least one is given.
std::string level_shared_by(const std::vector<const RankPlace*>& places);

/// All ranks: in the node that they share, or else in the cluster.
ScopeGroup whole_group(const std::vector<RankPlace>& places);

/// The groups inside the whole, level by level from the widest; ranks that are together at a wider
/// level already are no group of their own.
std::vector<std::vector<ScopeGroup>> groups_within(const std::vector<RankPlace>& places);

/// How many ranks the whole has, and then every other size of the groups inside it, largest first.
std::vector<int> sizes_of_groups(const std::vector<RankPlace>& places);

/// The bound of bus bandwidth by point-to-point algorithms; one that sums in the switch may go
/// beyond.
struct ScopeLight {
  double bytes_per_s = 0;
  std::string limited_by;  // nvlink | pcie | nic
};

/// Absent where a part of the way is not known.
std::optional<ScopeLight> speed_of_light(const ScopeGroup& group,
                                         const std::vector<RankPlace>& places);

}  // namespace assay
