// The lists that are asked for again and again.
#include "harness/cluster/run_objects.h"

#include <algorithm>

#include "harness/cluster/explain.h"
#include "harness/core/error.h"

namespace assay::cluster {

namespace {

struct ServedKind {
  const char *api, *kind;
};
using ServedKinds = std::vector<ServedKind>;

const ServedKinds kPodGroups = {
    {"scheduling.k8s.io/v1alpha2", "podgroups.scheduling.k8s.io"},
    {"scheduling.k8s.io/v1beta1", "podgroups.scheduling.k8s.io"},
    {"scheduling.volcano.sh/v1beta1", "podgroups.scheduling.volcano.sh"},
    {"scheduling.x-k8s.io/v1alpha1", "podgroups.scheduling.x-k8s.io"}};
const ServedKinds kControllers = {
    {"trainer.kubeflow.org/v1alpha1", "trainjobs.trainer.kubeflow.org"},
    {"jobset.x-k8s.io/v1alpha2", "jobsets.jobset.x-k8s.io"}};
const ServedKinds kRuntimes = {
    {"trainer.kubeflow.org/v1alpha1", "trainingruntimes.trainer.kubeflow.org"}};
const ServedKinds kClaims = {{"resource.k8s.io/v1", "resourceclaims"}};
const ServedKinds kTemplates = {{"resource.k8s.io/v1", "resourceclaimtemplates"}};
const ServedKinds kWorkloads = {{"kueue.x-k8s.io/v1beta2", "workloads.kueue.x-k8s.io"}};

/// Those that the cluster serves, each once and with a comma before it.
std::string served(const ServedKinds& kinds, const Inventory& inventory) {
  std::string text;
  for (const ServedKind& one : kinds)
    if (inventory.serves(one.api) && text.find(one.kind) == std::string::npos)
      text += std::string(",") + one.kind;
  return text;
}

Snapshot list(Kubectl& kubectl, const std::vector<std::string>& words) {
  const Answer answer = kubectl.ask({words});
  if (contains(answer.err, "(Forbidden)"))
    throw Error("cannot look at the run: " + refusal(answer.err));
  if (!answer.ok()) throw Unreachable("cannot look at the run: " + refusal(answer.err));
  return read_snapshot(answer.out);
}

bool is_owner(const Snapshot& run, const std::string& name) {
  return std::any_of(run.jobs.begin(), run.jobs.end(),
                     [&](const Job& job) { return job.name == name; }) ||
         std::any_of(run.controllers.begin(), run.controllers.end(),
                     [&](const Controller& one) { return one.name == name; });
}

/// Moves to `run` what others made for it, which does not always carry its label.
void take_dependents(Snapshot& all, const Target& target, Snapshot& run) {
  for (Claim& claim : all.claims)
    if (claim.run == target.run || std::any_of(run.pods.begin(), run.pods.end(),
                                               [&](const Pod& pod) { return claim.of(pod); }))
      run.claims.push_back(std::move(claim));
  for (PodGroup& group : all.pod_groups)
    if (group.run == target.run || is_owner(run, group.owner) ||
        std::any_of(run.pods.begin(), run.pods.end(),
                    [&](const Pod& pod) { return pod.pod_group == group.name; }))
      run.pod_groups.push_back(std::move(group));
  for (Workload& workload : all.workloads)
    if (is_owner(run, workload.owner)) run.workloads.push_back(std::move(workload));
}

}  // namespace

Snapshot look(Kubectl& kubectl, const Target& target, const Inventory& inventory) {
  Snapshot run = list(kubectl, {"get", "job,pods" + served(kControllers, inventory), "-n",
                                target.name_space, "-l", target.selector(), "-o", "json"});
  const std::string dependents = dependent_kinds(inventory);
  if (dependents.empty()) return run;
  Snapshot all = list(kubectl, {"get", dependents, "-n", target.name_space, "-o", "json"});
  take_dependents(all, target, run);
  return run;
}

Events look_at_events(Kubectl& kubectl, const std::string& name_space) {
  const Answer answer = kubectl.ask(
      {{"get", "events", "-n", name_space, "--sort-by=.metadata.creationTimestamp", "-o", "json"}});
  if (!answer.ok()) return {{}, refusal(answer.err)};
  return {read_events(answer.out), ""};
}

Claims look_at_all_claims(Kubectl& kubectl, const Inventory& inventory) {
  if (!inventory.serves("resource.k8s.io/v1")) return {};
  const Answer answer = kubectl.ask({{"get", "resourceclaims", "--all-namespaces", "-o", "json"}});
  if (!answer.ok()) return {{}, refusal(answer.err)};
  return {read_snapshot(answer.out).claims, ""};
}

std::vector<Pod> look_at_all_pods(Kubectl& kubectl, const std::string& name_space) {
  const Answer answer = kubectl.ask({{"get", "pods", "-n", name_space, "-o", "json"}});
  return answer.ok() ? read_snapshot(answer.out).pods : std::vector<Pod>{};
}

std::string made_kinds(const Inventory& inventory) {
  std::string controllers = served(kControllers, inventory);
  return "job,pods,services,configmaps,secrets,serviceaccounts" + controllers +
         served(kRuntimes, inventory) + served(kTemplates, inventory) +
         served(kPodGroups, inventory);
}

std::string dependent_kinds(const Inventory& inventory) {
  std::string kinds =
      served(kClaims, inventory) + served(kPodGroups, inventory) + served(kWorkloads, inventory);
  if (!kinds.empty()) kinds.erase(0, 1);
  return kinds;
}

}  // namespace assay::cluster
