// Kueue's Workloads and the scheduler's PodGroups: what waits as a whole.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/cluster/explain.h"
#include "harness/core/message.h"
#include "harness/core/number_of.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

namespace {

const Queue* find_queue(const ClusterState& seen, const std::string& kind,
                        const std::string& name) {
  for (const Queue& queue : seen.inventory.queues)
    if (queue.kind == kind && queue.name == name) return &queue;
  return nullptr;
}

/// `ClusterQueue bench-cq is inactive`, and why, where the queue says so.
std::string inactive_text(const std::string& message, const ClusterState& seen) {
  static const RegularExpression kName(R"(ClusterQueue (\S+) is inactive)");
  const std::vector<std::string> match = kName.groups_in(message);
  if (match.empty()) return printable(message, 300);
  const Queue* queue = find_queue(seen, "ClusterQueue", match[1]);
  const Condition* active = queue == nullptr ? nullptr : find(queue->conditions, "Active");
  if (active != nullptr && active->status == "False" && active->reason != "Stopped")
    return fmt::format("ClusterQueue {} is misconfigured: {} ({})", match[1], active->message,
                       active->reason);
  return fmt::format("ClusterQueue {} is stopped: its administrator must resume it", match[1]);
}

/// Which of the queue's quotas are too small, by resource and flavor; empty: it names none.
std::string quota_of_kueue(std::string message) {
  static const RegularExpression kNumbers(
      R"(insufficient quota for (\S+) in flavor ([^\s,]+),[^>]*current podset request \(([^)]+)\) > maximum capacity \(([^)]+)\))");
  std::vector<std::string> parts;
  for (auto match = kNumbers.groups_in(message); !match.empty();
       match = kNumbers.groups_in(message)) {
    parts.push_back(fmt::format("it needs {} of {} and the quota of flavor {} is {}", match[3],
                                match[1], match[2], match[4]));
    message.erase(0, message.find(match[0]) + match[0].size());
  }
  return parts.empty()
             ? ""
             : fmt::format("the run will never fit its queue: {}", fmt::join(parts, "; "));
}

/// No flavor of the queue can take the pods, whatever else runs.
std::string flavors_of_kueue(const std::string& message) {
  static const RegularExpression kAbsent(R"(resource (\S+) unavailable in ClusterQueue)");
  const std::vector<std::string> match = kAbsent.groups_in(message);
  if (match.empty()) return "no flavor of its queue suits the run: " + printable(message, 300);
  return fmt::format(
      "its ClusterQueue has no quota of {}, which the run asks for: its administrator must add it "
      "to coveredResources",
      match[1]);
}

Cause not_reserved(const std::string& subject, const Condition& reserved,
                   const ClusterState& seen) {
  const std::string quota = quota_of_kueue(reserved.message);
  const bool never = reserved.reason == "ExceedsMaxQuota" ||
                     // Kueue before 0.19 has one reason for all; another flavor may come free.
                     (reserved.reason == "Pending" && !quota.empty() &&
                      !contains(reserved.message, "insufficient unused quota"));
  if (never) return {subject, quota.empty() ? printable(reserved.message, 300) : quota, true};
  if (reserved.reason == "NoMatchingFlavor")
    return {subject, flavors_of_kueue(reserved.message), true};
  if (reserved.reason == "Suspended") return {subject, inactive_text(reserved.message, seen), true};
  if (reserved.reason == "Misconfigured") {
    static const RegularExpression kUnmapped(R"(DeviceClass (\S+) is not mapped)");
    const std::vector<std::string> match = kUnmapped.groups_in(reserved.message);
    if (!match.empty())
      return {subject,
              fmt::format("Kueue does not know DeviceClass {}: its administrator must add it to "
                          "deviceClassMappings",
                          match[1]),
              true};
    return {subject, "Kueue refuses the claim: " + printable(reserved.message, 300), true};
  }
  return {
      subject,
      "it waits in its queue for quota that another run holds: " + printable(reserved.message, 200),
      false, true};
}

/// Kueue gave it quota, and has taken it back or waits for more than quota.
std::optional<Cause> explain_evicted(const std::string& subject, const Workload& workload) {
  if (holds(workload.conditions, "QuotaReserved"))
    return Cause{
        subject,
        fmt::format(
            "it has its quota and waits for admission checks of its ClusterQueue{}",
            workload.unpassed.empty()
                ? ""
                : fmt::format(
                      " ({})",
                      printable(fmt::format("{}", fmt::join(workload.unpassed, ", ")), 200))),
        false};
  if (!holds(workload.conditions, "Evicted")) return std::nullopt;
  const Condition& evicted = *find(workload.conditions, "Evicted");
  return Cause{subject,
               fmt::format("Kueue took its quota back: {} ({})", printable(evicted.message, 250),
                           evicted.reason),
               evicted.reason.starts_with("Deactivated")};
}

/// The pods that name the group; where none does (schedulers other than the stock one), all.
std::vector<const Pod*> members_of(const PodGroup& group, const ClusterState& seen) {
  std::vector<const Pod*> naming, all;
  for (const Pod& pod : seen.run.pods) {
    all.push_back(&pod);
    if (pod.pod_group == group.name) naming.push_back(&pod);
  }
  return naming.empty() ? all : naming;
}

/// An apply makes the Job before the template, so that the first try of a claim often fails.
bool has_claim(const Pod& pod, const ClusterState& seen, const std::string& template_name) {
  return template_name == pod.owner &&
         std::any_of(seen.run.claims.begin(), seen.run.claims.end(),
                     [&](const Claim& claim) { return claim.of(pod); });
}

std::optional<Cause> explain_no_claim(const Pod& pod, const ClusterState& seen) {
  const Event* event = find_event(seen, "Pod", pod.name, "FailedResourceClaimCreation");
  if (event == nullptr) return std::nullopt;
  static const RegularExpression kTemplate(R"(resource claim template "([^"]+)\".*not found)");
  const std::vector<std::string> match = kTemplate.groups_in(event->message);
  if (!match.empty() && has_claim(pod, seen, match[1])) return std::nullopt;
  if (!match.empty())
    return Cause{called(pod), fmt::format("ResourceClaimTemplate {} is missing", match[1]), true};
  if (contains(event->message, "exceeded quota"))
    return Cause{called(pod), quota_text(event->message), true};
  return Cause{called(pod), "its claim cannot be made: " + printable(event->message, 300), true};
}

}  // namespace

std::optional<Cause> explain_workload(const Workload& workload, const ClusterState& seen) {
  if (holds(workload.conditions, "Finished") || holds(workload.conditions, "Admitted"))
    return std::nullopt;
  const std::string subject = "workload " + workload.name;
  if (auto cause = explain_evicted(subject, workload)) return cause;
  if (const Condition* reserved = find(workload.conditions, "QuotaReserved"))
    return not_reserved(subject, *reserved, seen);
  // Kueue says nothing at all of a queue that is not there.
  if (find_queue(seen, "LocalQueue", workload.queue) == nullptr && seen.inventory.saw(kLocalQueues))
    return Cause{subject, fmt::format("LocalQueue {} is missing in the namespace", workload.queue),
                 true};
  return Cause{subject, fmt::format("LocalQueue {} has not looked at it yet", workload.queue),
               false};
}

Cause explain_suspended(const Job& job, const ClusterState& seen) {
  std::string queue = job.queue, kind = "Job";
  for (const Controller& one : seen.run.controllers)
    if (one.name == job.owner && !one.queue.empty()) queue = one.queue, kind = one.kind;
  const std::string subject = "job " + job.name;
  if (queue.empty())
    return {subject,
            "it is suspended and no queue controller has taken it up: nothing will start it", true};
  const Queue* local = find_queue(seen, "LocalQueue", queue);
  const Queue* shared = local ? find_queue(seen, "ClusterQueue", local->cluster_queue) : nullptr;
  const std::string quotas =
      shared == nullptr || shared->quotas.empty()
          ? ""
          : fmt::format(
                "; its {} for quota of ClusterQueue {}, which has {}",
                job.completions == 1 ? "pod waits" : fmt::format("{} pods wait", job.completions),
                shared->name, fmt::join(shared->quotas, ", "));
  return {subject,
          fmt::format("it is suspended for LocalQueue {} and Kueue has made no Workload of its {}: "
                      "Kueue is down, or {} is not among its integrations.frameworks{}",
                      queue, kind, kind, quotas),
          true};
}

std::optional<Cause> explain_pod_group(const PodGroup& group, const ClusterState& seen) {
  const std::vector<const Pod*> members = members_of(group, seen);
  const auto pods = static_cast<long>(members.size());
  const std::string subject = "pod group " + group.name;
  if (pods > 0 && group.min_count > pods)
    return Cause{subject,
                 fmt::format("it wants {} at once and the run has {}: its minCount is too high",
                             number_of(group.min_count, "pod"), pods),
                 true};
  const Condition* scheduled = find(group.conditions, "PodGroupScheduled");
  if (scheduled == nullptr || scheduled->status == "True") return std::nullopt;
  const long fit = std::count_if(members.begin(), members.end(), [](const Pod* pod) {
    const Condition* one = find(pod->conditions, "PodScheduled");
    return one != nullptr &&
           (one->status == "True" || contains(one->message, "no plugin rejected pod"));
  });
  const char* made = group.owner.empty() ? "" : " that the Job controller made";
  return Cause{
      subject,
      fmt::format("the gang{} needs {} at once and {} would fit: none is bound until all do", made,
                  number_of(group.min_count, "pod"), fit),
      false, fit > 0};  // where none fits, nothing was held back
}

std::optional<Cause> explain_unseen(const Pod& pod, const ClusterState& seen) {
  if (auto cause = explain_no_claim(pod, seen)) return cause;
  if (pod.pod_group.empty()) return std::nullopt;
  const auto& groups = seen.run.pod_groups;
  const bool there = std::any_of(groups.begin(), groups.end(),
                                 [&](const PodGroup& one) { return one.name == pod.pod_group; });
  if (there) return std::nullopt;  // the group says what it waits for
  return Cause{called(pod),
               fmt::format("PodGroup {} is missing: the scheduler waits for it and says nothing",
                           pod.pod_group),
               true};
}

}  // namespace assay::cluster
