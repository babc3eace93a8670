// Copies this node under other names and counts the ranks of each scope.
#include "harness/cli/world_like.h"

#include <fmt/format.h>

#include <algorithm>

#include "collectives/topology/scopes.h"

namespace assay::cli {

AskedWorld world_like(Backend backend, const Devices& devices, int processes) {
  AskedWorld world{name(backend), std::max(1, static_cast<int>(devices.size())), {processes}};
  if (devices.empty()) return world;
  Result machine;
  record_machine(machine, backend, devices);
  std::vector<NodeFacts> nodes(static_cast<std::size_t>(processes), machine.nodes.front());
  for (int process = 1; process < processes; ++process)
    nodes[static_cast<std::size_t>(process)].name += fmt::format(" (rank {})", process);
  world.ranks = sizes_of_groups(rank_places(nodes, {}));
  return world;
}

}  // namespace assay::cli
