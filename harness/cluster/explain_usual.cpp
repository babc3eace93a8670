// What every start waits for, mostly for seconds: reported if it lasts and no other cause is known.
#include <fmt/format.h>

#include <algorithm>

#include "harness/cluster/explain.h"

namespace assay::cluster {

namespace {

std::optional<std::string> usual_text(const Pod& pod, const ClusterState& seen) {
  if (pod.deleted) return "it is being deleted";
  if (pod.running || pod.phase == "Succeeded" || pod.phase == "Failed") return std::nullopt;
  if (!pod.preparing.empty())
    return fmt::format("its container {} still runs, which ends at once where image {} holds assay",
                       pod.preparing, pod.image);
  if (pod.node.empty())
    return fmt::format("scheduler {} has not looked at it: it is busy, or not running",
                       pod.scheduler.empty() ? "default-scheduler" : pod.scheduler);
  const Event* pulling = find_event(seen, "Pod", pod.name, "Pulling");
  const Event* pulled = find_event(seen, "Pod", pod.name, "Pulled");
  if (pulling != nullptr && (pulled == nullptr || pulled < pulling))
    return fmt::format("node {} still pulls image {}", pod.node, pod.image);
  return fmt::format("the kubelet of node {} has not started its container yet", pod.node);
}

std::optional<std::string> usual_text(const Job& job, const ClusterState& seen) {
  const auto pods = std::count_if(seen.run.pods.begin(), seen.run.pods.end(),
                                  [&](const Pod& pod) { return pod.owner == job.name; });
  if (job.suspended || pods >= job.completions) return std::nullopt;
  if (!job.is_seen && pods == 0)
    return "the Job controller has not looked at it: kube-controller-manager is busy, or not "
           "running";
  return fmt::format("the Job controller has made {} of its {} pods", pods, job.completions);
}

}  // namespace

std::vector<Cause> explain_usual(const ClusterState& seen) {
  const Snapshot& run = seen.run;
  if (run.jobs.empty() && run.pods.empty() && run.controllers.empty())
    return {{"run", "nothing of it is in the namespace: somebody deleted it", true, false, true}};
  std::vector<Cause> causes;
  for (const Job& job : run.jobs)
    if (auto text = usual_text(job, seen))
      causes.push_back({"job " + job.name, *text, false, false, true});
  for (const Pod& pod : run.pods)
    if (auto text = usual_text(pod, seen))
      causes.push_back({called(pod), *text, false, false, true});
  return causes;
}

}  // namespace assay::cluster
