// A pod that was evicted is deleted with its conditions. Events outlive it: its kubelet ended its
// container, and the Job did not ask for that.
#include <fmt/format.h>

#include <algorithm>

#include "harness/cluster/explain.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

namespace {

/// The rank of a pod by its name, `JOB-RANK-SUFFIX`, or -1 where it is of another Job.
int rank_of(const std::string& pod, const Job& job) {
  static const RegularExpression kRest(R"(-(\d{1,6})-[a-z0-9]+)");
  if (!pod.starts_with(job.name)) return -1;
  const std::string rest = pod.substr(job.name.size());
  return kRest.is_all_of(rest) ? std::atoi(kRest.groups_in(rest).at(1).c_str()) : -1;
}

bool is_there(const std::string& pod, const ClusterState& seen) {
  return std::any_of(seen.run.pods.begin(), seen.run.pods.end(),
                     [&](const Pod& one) { return one.name == pod; });
}

bool deleted_by(const Job& job, const std::string& pod, const ClusterState& seen) {
  return std::any_of(seen.events.begin(), seen.events.end(), [&](const Event& event) {
    return event.reason == "SuccessfulDelete" && event.name == job.name &&
           event.message == "Deleted pod: " + pod;
  });
}

bool is_cordoned(const std::string& node, const ClusterState& seen) {
  return std::any_of(seen.inventory.nodes.begin(), seen.inventory.nodes.end(),
                     [&](const Node& one) { return one.name == node && one.cordoned; });
}

std::string ended_by(const Event& killing, const ClusterState& seen) {
  const std::string& node = killing.host;
  if (find_event(seen, "Pod", killing.name, "Preempted") != nullptr)
    return "it was preempted by another workload of higher priority";
  if (is_cordoned(node, seen))
    return fmt::format("it was evicted from node {}, which is cordoned: the node was drained",
                       node);
  return fmt::format(
      "it was evicted from node {} or deleted, and not by its Job: somebody drained the node, or "
      "deleted the pod",
      node);
}

}  // namespace

std::optional<Cause> explain_gone_pod(const Job& job, const ClusterState& seen) {
  for (const Event& event : seen.events) {
    if (event.reason != "Killing" || event.kind != "Pod" || event.host.empty()) continue;
    const int rank = rank_of(event.name, job);
    if (rank < 0 || is_there(event.name, seen) || deleted_by(job, event.name, seen)) continue;
    Pod gone;
    gone.name = event.name;
    gone.rank = rank;
    return Cause{called(gone), ended_by(event, seen), true};
  }
  return std::nullopt;
}

}  // namespace assay::cluster
