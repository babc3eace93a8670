// The world of one process: its devices, joined by NCCL.
#include "harness/cli/fabric_alone.h"

#include "collectives/topology/scopes.h"
#include "harness/run/join.h"
#include "harness/run/between_ranks.h"

namespace assay::cli {

std::vector<int> ranks_alone(const Result& node, const Devices& devices) {
  // Gloo joins hosts, and a process has one.
  if (devices.front()->backend() == Backend::host) return {1};
  return sizes_of_groups(rank_places(node.nodes, {}));
}

bool measure_alone(const std::vector<AskedGroup>& asked, const Profile& profile,
                   const Arguments& arguments, RunDocument& document, const Devices& devices,
                   const StopSignals& signals) {
  if (!asks_between_ranks(asked)) return true;
  Result& result = document.result();
  const FabricWorld world = world_alone(result, racks_of(arguments, result.nodes.front()));
  // It is the fabric's document too, and there are no others.
  result.fabric = FabricFacts{world.nodes, world.racks};
  result.documents.emplace();
  const auto deadline_s = static_cast<double>(arguments.number("deadline"));
  const auto ranks = join_ranks(world, devices, nullptr, deadline_s / 2, document.path());
  return measure_between_ranks(asked, {world, profile, *ranks, nullptr, deadline_s, &document,
                                       result.run.seed, signals.flag()});
}

}  // namespace assay::cli
