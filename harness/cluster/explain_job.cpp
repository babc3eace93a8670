// Causes that only the Job shows: pods that are refused leave no trace except an event on it.
#include <fmt/format.h>

#include "harness/cluster/explain.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

namespace {

/// The fields that Pod Security names, without the sentence around them.
std::string security_text(const std::string& message) {
  static const RegularExpression kLevel(R"re(violates PodSecurity "([^"]+)": (.*))re");
  const std::vector<std::string> match = kLevel.groups_in(message);
  if (match.empty()) return printable(message, 400);
  return fmt::format("the namespace's Pod Security level {} refuses the pods: {}", match[1],
                     printable(match[2], 500));
}

Cause refused(const Job& job, const std::string& message) {
  const std::string subject = "job " + job.name;
  if (contains(message, "exceeded quota") || contains(message, "failed quota"))
    return {subject, quota_text(message), true};
  if (contains(message, "is being terminated") || contains(message, "failed calling webhook"))
    return {subject, refusal(message), true};
  if (message.find("PodSecurity") != std::string::npos)
    return {subject, security_text(message), true};
  static const RegularExpression kAccount(R"(serviceaccount "([^"]+)\" not found)");
  if (const std::vector<std::string> match = kAccount.groups_in(message); !match.empty())
    return {subject, fmt::format("ServiceAccount {} is missing: no pod can be made", match[1]),
            true};
  return {subject, "pods cannot be made: " + printable(message, 300), true};
}

std::string ended_text(const Condition& failed) {
  if (failed.reason == "DeadlineExceeded")
    return "the Job's own deadline (activeDeadlineSeconds) has passed, and its pods are gone with "
           "their results";
  if (failed.reason == "BackoffLimitExceeded")
    return "the Job failed: a rank ended, was evicted, preempted or lost its node, and its pods "
           "are gone";
  return fmt::format("the Job failed: {} ({})", failed.message, failed.reason);
}

}  // namespace

std::optional<Cause> explain_controller(const Controller& controller) {
  if (!holds(controller.conditions, "Failed")) return std::nullopt;
  const Condition& failed = *find(controller.conditions, "Failed");
  return Cause{fmt::format("{} {}", controller.kind, controller.name),
               fmt::format("it failed: {} ({})", printable(failed.message, 300), failed.reason),
               true};
}

std::optional<Cause> explain_job(const Job& job, const ClusterState& seen) {
  for (const char* type : {"Failed", "FailureTarget"})
    if (holds(job.conditions, type)) {
      const Condition& failed = *find(job.conditions, type);
      if (failed.reason == "BackoffLimitExceeded")
        if (auto cause = explain_gone_pod(job, seen)) return cause;
      return Cause{"job " + job.name, ended_text(failed), true};
    }
  long pods = 0;
  for (const Pod& pod : seen.run.pods) pods += pod.owner == job.name;
  if (pods == 0 && holds(job.conditions, "Complete"))
    return Cause{"job " + job.name,
                 "all its ranks have ended well and its pods are gone: what was not collected is "
                 "gone with them",
                 true};
  if (pods < job.completions)
    if (const Event* event = find_event(seen, "Job", job.name, "FailedCreate"))
      return refused(job, event->message);
  if (pods < job.completions && !job.failed_indexes.empty()) {
    if (auto cause = explain_gone_pod(job, seen)) return cause;
    return Cause{"job " + job.name,
                 fmt::format("its index {} failed and no pod is left that says why: it was evicted "
                             "or deleted, or its node is lost",
                             job.failed_indexes),
                 true};
  }
  if (holds(job.conditions, "Suspended") && seen.run.workloads.empty())
    return explain_suspended(job, seen);
  return std::nullopt;
}

}  // namespace assay::cluster
