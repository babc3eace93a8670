// Asks every part, and puts first what waiting will not mend.
#include "harness/cluster/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/message.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

std::vector<Cause> explain(const ClusterState& seen) {
  std::vector<Cause> causes;
  const auto add = [&](std::optional<Cause> cause) {
    if (!cause) return;
    if (cause->text.empty()) cause->text = "its status does not say why";
    causes.push_back(std::move(*cause));
  };
  for (const Controller& controller : seen.run.controllers) add(explain_controller(controller));
  for (const Job& job : seen.run.jobs) add(explain_job(job, seen));
  for (const Workload& workload : seen.run.workloads) add(explain_workload(workload, seen));
  for (const PodGroup& group : seen.run.pod_groups) add(explain_pod_group(group, seen));
  add(explain_other_runs(seen));
  for (const Pod& pod : seen.run.pods) add(explain_pod(pod, seen));
  std::stable_sort(causes.begin(), causes.end(),
                   [](const Cause& a, const Cause& b) { return a.hopeless > b.hopeless; });
  return causes;
}

bool finds_no_node(const Pod& pod) {
  const Condition* scheduled = find(pod.conditions, "PodScheduled");
  return scheduled != nullptr && scheduled->status == "False";
}

std::string called(const Pod& pod) {
  return pod.rank < 0 ? "pod " + pod.name : fmt::format("pod {} (rank {})", pod.name, pod.rank);
}

const Event* find_event(const ClusterState& seen, const std::string& kind, const std::string& name,
                        const std::string& reason) {
  const auto fits = [&](const Event& event) {
    return event.reason == reason && event.kind == kind && event.name == name;
  };
  const auto found = std::find_if(seen.events.rbegin(), seen.events.rend(), fits);
  return found == seen.events.rend() ? nullptr : &*found;
}

std::string quota_text(const std::string& message) {
  static const RegularExpression kQuota(
      R"(exceeded quota: (\S+), requested: (.*), used: (.*), limited: (.*))");
  const std::vector<std::string> match = kQuota.groups_in(message);
  static const RegularExpression kUnset(R"(failed quota: (\S+): must specify (.*))");
  if (const std::vector<std::string> unset = kUnset.groups_in(message); !unset.empty())
    return fmt::format(
        "the namespace's quota {} wants every container to set {}, which the pods leave out: a "
        "LimitRange with defaults sets it",
        unset[1], printable(unset[2], 200));
  if (match.empty()) return printable(message, 300);
  return fmt::format(
      "the namespace's quota {} is too small: it allows {}, {} is used and {} more is needed",
      match[1], match[4], match[3], match[2]);
}

}  // namespace assay::cluster
