// Asks as the engine would, of machines that nobody has started yet.
#include "harness/cli/listed_cases.h"

#include "harness/core/error.h"
#include "harness/core/workload.h"
#include "harness/run/device_groups.h"
#include "harness/run/implemented.h"
#include "harness/run/join.h"
#include "harness/run/world.h"

namespace assay::cli {

namespace {

AskedWorld world_of(const LocalDevices& here, int processes) {
  if (here.devices.empty()) return {name(here.backend), 1, {processes}};
  Result machine;
  run::record_machine(machine, here.backend, here.devices);
  return run::world_like(machine, processes).as_asked(here.devices);
}

/// Applicable when any device of this machine can run it.
std::string reason_not_to_run(const AskedGroup& group, const CaseId& id, const LocalDevices& here) {
  const bool needs_ranks = spans_ranks(id.workload);
  if (needs_ranks && !id.shape.has("ranks"))
    return "it needs several: --world-size N lists it as a run of N processes has it";
  if (here.devices.empty()) return here.why_none;
  if (needs_ranks) return run::why_not_joined(here.backend);
  if (group.reach == Reach::between_devices) return "";
  std::string first_reason;
  for (const auto& device : here.devices) {
    const auto reason = run::why_not(id, *device);
    if (!reason) return "";
    if (first_reason.empty()) first_reason = *reason;
  }
  return first_reason;
}

}  // namespace

LocalDevices devices_here(Backend backend) {
  try {
    choose_backend(name(backend));
    return {backend, open_devices(backend), ""};
  } catch (const Error& error) {
    return {backend, {}, error.what()};
  }
}

std::vector<ListedCase> listed_cases(const Profile& profile, const LocalDevices& here,
                                     std::optional<int> processes) {
  AskedWorld world = world_of(here, processes.value_or(1));
  if (!processes && world.ranks.front() == 1) world.ranks = {kAnyRanks};
  std::vector<ListedCase> listed;
  for (const AskedGroup& group : asked_of_run(profile, world, run::implemented(), ""))
    for (const std::string& implementation : group.implementations) {
      const CaseId id = group.id(implementation);
      listed.push_back({here.backend, group, id, reason_not_to_run(group, id, here)});
    }
  return listed;
}

}  // namespace assay::cli
