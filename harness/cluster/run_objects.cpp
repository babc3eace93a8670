// The lists that are asked for again and again.
#include "harness/cluster/run_objects.h"

#include <algorithm>

namespace assay::cluster {

namespace {

struct GroupKind {
  const char *api, *kind;
};
constexpr GroupKind kPodGroups[] = {
    {"scheduling.k8s.io/v1alpha2", "podgroups.scheduling.k8s.io"},
    {"scheduling.k8s.io/v1beta1", "podgroups.scheduling.k8s.io"},
    {"scheduling.volcano.sh/v1beta1", "podgroups.scheduling.volcano.sh"},
    {"scheduling.x-k8s.io/v1alpha1", "podgroups.scheduling.x-k8s.io"}};

std::string pod_groups(const Inventory& inventory) {
  std::string kinds;
  for (const GroupKind& one : kPodGroups) {
    const bool named = kinds.find(one.kind) != std::string::npos;
    if (inventory.serves(one.api) && !named) kinds += std::string(",") + one.kind;
  }
  return kinds;
}

const char* claims(const Inventory& inventory) {
  return inventory.serves("resource.k8s.io/v1") ? ",resourceclaims" : "";
}

}  // namespace

Snapshot look(Kubectl& kubectl, const Target& target, const Inventory& inventory) {
  const std::string kinds = std::string("job,pods") + claims(inventory) + pod_groups(inventory);
  Snapshot snapshot = read_snapshot(require(
      kubectl.ask({{"get", kinds, "-n", target.name_space, "-l", target.selector(), "-o", "json"}}),
      "cannot look at the run"));
  if (!inventory.serves("kueue.x-k8s.io/v1beta2")) return snapshot;
  const Answer answer =
      kubectl.ask({{"get", "workloads.kueue.x-k8s.io", "-n", target.name_space, "-o", "json"}});
  if (!answer.ok()) return snapshot;
  for (Workload& workload : read_snapshot(answer.out).workloads)
    if (std::any_of(snapshot.jobs.begin(), snapshot.jobs.end(),
                    [&](const Job& job) { return job.name == workload.owner; }))
      snapshot.workloads.push_back(std::move(workload));
  return snapshot;
}

std::vector<Event> look_at_events(Kubectl& kubectl, const Target& target) {
  const Answer answer = kubectl.ask({{"get", "events", "-n", target.name_space,
                                      "--sort-by=.metadata.creationTimestamp", "-o", "json"}});
  return answer.ok() ? read_events(answer.out) : std::vector<Event>{};
}

std::string made_kinds(const Inventory& inventory) {
  const char* templates = inventory.serves("resource.k8s.io/v1") ? ",resourceclaimtemplates" : "";
  return std::string("job,services,configmaps,secrets,serviceaccounts") + templates +
         pod_groups(inventory);
}

}  // namespace assay::cluster
