// The world of one process: its devices, joined by NCCL.
#include "harness/cli/fabric_alone.h"

#include <algorithm>

#include "harness/cli/fabric_join.h"
#include "harness/cli/fabric_measure.h"
#include "harness/core/between_ranks.h"

namespace assay::cli {

bool joins_alone(const Profile& profile, Backend backend, const Devices& devices) {
  return backend == Backend::cuda && devices.size() > 1 &&
         std::any_of(profile.cases.begin(), profile.cases.end(), [&](const ProfileCases& cases) {
           return cases.backend == name(backend) && spans_ranks(cases.workload);
         });
}

bool measure_alone(const FabricPlan& plan, const Profile& profile, const Arguments& arguments,
                   RunDocument& document, const Devices& devices, const StopSignals& signals) {
  if (plan.empty()) return true;
  Result& result = document.result();
  const FabricWorld world = world_alone(result, racks_of(arguments, result.nodes.front()));
  // It is the fabric's document too, and there are no others.
  result.fabric = FabricFacts{world.nodes, world.racks};
  result.documents.emplace();
  const auto deadline_s = static_cast<double>(arguments.number("deadline"));
  const auto ranks = join_ranks(world, devices, nullptr, deadline_s / 2, document.path());
  return measure_between_ranks(plan, {world, profile, *ranks, nullptr, deadline_s, &document,
                                      result.run.seed, signals.flag()});
}

}  // namespace assay::cli
