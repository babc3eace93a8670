// What a pod's own status and events tell, from its end back to its start.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/cluster/explain.h"
#include "harness/cluster/last_words.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

namespace {

/// What is around an error comes before it in a message of a container runtime: the cause is last.
std::string end_of(const std::string& message, std::size_t limit = 200) {
  if (message.size() <= limit) return printable(message, limit);
  const std::size_t colon = message.find(": ", message.size() - limit);
  const std::size_t from = colon == std::string::npos ? message.size() - limit : colon + 2;
  return "... " + printable(message.substr(from), limit);
}

/// A pod that somebody other than Assay ended.
std::optional<Cause> explain_disruption(const Pod& pod) {
  const Condition* target = find(pod.conditions, "DisruptionTarget");
  if (target == nullptr || target->status != "True") return std::nullopt;
  const std::string node = pod.node.empty() ? "its node" : "node " + pod.node;
  std::string text = fmt::format("it was disrupted: {} ({})", target->message, target->reason);
  if (target->reason == "DeletionByTaintManager")
    text = fmt::format(
        "{} is lost or was tainted NoExecute; its claim stays allocated until the node is back",
        node);
  if (target->reason == "PreemptionByScheduler")
    text = "it was preempted by another workload of higher priority";
  if (target->reason == "EvictionByEvictionAPI")
    text = fmt::format("it was evicted from {}: the node was drained", node);
  if (target->reason == "DeletionByPodGC")
    text = fmt::format("{} was removed from the cluster", node);
  if (target->reason == "TerminationByKubelet")
    text = fmt::format("the kubelet of {} ended it: {}", node, target->message);
  return Cause{called(pod), text, true};
}

/// A pod that its kubelet did not admit, or ended, says so in its status alone.
std::optional<Cause> explain_refusal(const Pod& pod) {
  if (pod.refused_reason.empty() || pod.exit_code) return std::nullopt;
  const bool ran = pod.refused_reason == "Evicted" || pod.refused_reason == "NodeShutdown" ||
                   pod.refused_reason == "Terminated";
  return Cause{called(pod),
               fmt::format("the kubelet of node {} {} it: {} ({})", pod.node,
                           ran ? "ended" : "does not admit", printable(pod.refused_message, 300),
                           pod.refused_reason),
               true};
}

/// The runtime has tried to start the program, which leaves no log.
std::optional<Cause> explain_no_start(const Pod& pod) {
  if (pod.ended_reason != "StartError" && pod.ended_reason != "ContainerCannotRun")
    return std::nullopt;
  const bool absent = contains(pod.ended_message, "executable file not found") ||
                      contains(pod.ended_message, "no such file or directory");
  return Cause{called(pod),
               fmt::format("{}: {}",
                           absent ? fmt::format("image {} does not hold the program", pod.image)
                                  : fmt::format("node {} cannot start its container", pod.node),
                           end_of(pod.ended_message, 300)),
               true};
}

std::optional<Cause> explain_end(const Pod& pod, const ClusterState& seen) {
  if (pod.ended_reason == "OOMKilled")
    return Cause{called(pod), "its memory limit was too small: the kernel killed it (OOMKilled)",
                 true};
  if (!pod.exit_code || *pod.exit_code == 0) return std::nullopt;
  std::string text = fmt::format("it exited with {}", *pod.exit_code);
  if (*pod.exit_code == 127) text += ": the image does not hold the program";
  if (*pod.exit_code > 128 && *pod.exit_code < 160)
    text += fmt::format(", of signal {}", *pod.exit_code - 128);
  const auto words = seen.last_words.find(pod.name);
  if (words == seen.last_words.end()) return Cause{called(pod), text, true};
  text += "; its last words: " + words->second;
  if (const std::string advice = image_advice(words->second, ""); !advice.empty())
    text += "; " + advice;
  return Cause{called(pod), text, true};
}

/// The registry wants to know who asks, or knows and refuses.
bool is_denied(const std::string& message) {
  static const RegularExpression kStatus(R"((^| )(401|403)([ ,.:]|$))");
  constexpr const char* kSigns[] = {"denied", "nauthorized", "no basic auth credentials",
                                    "authorization failed", "authentication required"};
  return kStatus.is_found_in(message) ||
         std::any_of(std::begin(kSigns), std::end(kSigns),
                     [&](const char* sign) { return contains(message, sign); });
}

Cause denied(const Pod& pod, const ClusterState& seen) {
  static const RegularExpression kSecrets(R"(image pull secrets \(([^)]*)\))");
  const Event* event = find_event(seen, "Pod", pod.name, "FailedToRetrieveImagePullSecret");
  const std::vector<std::string> match =
      event == nullptr ? std::vector<std::string>{} : kSecrets.groups_in(event->message);
  if (!match.empty())
    return {called(pod),
            fmt::format("image {} may not be pulled: Secret {}, which is to let it, is missing in "
                        "the namespace",
                        pod.image, match[1]),
            true};
  return {called(pod),
          fmt::format("image {} may not be pulled: name a Secret of the namespace for its registry "
                      "with --pull-secret (imagePullSecrets)",
                      pod.image),
          true};
}

/// What is wrong between the node and the registry, beside the name and who asks.
std::optional<Cause> explain_registry(const Pod& pod) {
  struct Sign {
    const char *sign, *text;
    bool hopeless;
  };
  constexpr Sign kSigns[] = {
      {"toomanyrequests", "its registry lets nobody pull so often: it is tried again", false},
      {"429 Too Many Requests", "its registry lets nobody pull so often: it is tried again", false},
      {"x509: ", "the node does not trust its registry's certificate", true},
      {"server gave HTTP response to HTTPS client",
       "its registry speaks HTTP alone, which the node's runtime is not set up for", true},
      {"no match for platform", "it has no variant for the processors of the node", true},
      {"no matching manifest", "it has no variant for the processors of the node", true},
      {"no space left on device", "the node has no space left for it", false}};
  for (const Sign& one : kSigns)
    if (contains(pod.waiting_message, one.sign))
      return Cause{called(pod),
                   fmt::format("image {} cannot be pulled{}: {}", pod.image,
                               pod.node.empty() ? "" : " on node " + pod.node, one.text),
                   one.hopeless};
  return std::nullopt;
}

Cause explain_pull(const Pod& pod, const ClusterState& seen) {
  const std::string& message = pod.waiting_message;
  const std::string where = pod.node.empty() ? "" : " from node " + pod.node;
  // The runtime repeats the names of image and registry several times before it.
  const std::string fault = message.substr(std::min(message.rfind("dial tcp"), message.size()));
  if (contains(message, "no such host") || contains(message, "dial tcp") ||
      contains(message, "i/o timeout"))
    return {called(pod),
            fmt::format("the registry of image {} cannot be reached{}: {}", pod.image, where,
                        printable(fault.empty() ? message : fault, 200)),
            true};
  if (auto cause = explain_registry(pod)) return *cause;
  if (is_denied(message)) return denied(pod, seen);
  if (contains(message, "not found"))
    return {called(pod), fmt::format("image {} was not found in its registry", pod.image), true};
  return {called(pod),
          fmt::format("image {} cannot be pulled{}: {}", pod.image, where, printable(message, 200)),
          true};
}

std::optional<Cause> explain_waiting(const Pod& pod, const ClusterState& seen) {
  const std::string& reason = pod.waiting_reason;
  if (reason == "ErrImagePull" || reason == "ImagePullBackOff") return explain_pull(pod, seen);
  if (reason == "InvalidImageName")
    return Cause{called(pod), fmt::format("'{}' is no name of an image", pod.image), true};
  if (reason == "ErrImageNeverPull")
    return Cause{
        called(pod),
        fmt::format("image {} is not on node {} and imagePullPolicy is Never", pod.image, pod.node),
        true};
  if (reason == "CreateContainerConfigError") {
    if (contains(pod.waiting_message, "runAsNonRoot"))
      return Cause{
          called(pod),
          fmt::format("image {} has no numeric user other than root: build it with one", pod.image),
          true};
    static const RegularExpression kSecret(R"(secret "([^"]+)\" not found)");
    if (const std::vector<std::string> match = kSecret.groups_in(pod.waiting_message);
        !match.empty())
      return Cause{called(pod), fmt::format("Secret {} is missing", match[1]), true};
  }
  if (reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing")
    return std::nullopt;
  return Cause{called(pod),
               fmt::format("its container cannot start: {}: {}", reason,
                           printable(pod.waiting_message, 250)),
               true};
}

/// The last failure of that reason, unless the kubelet got past it: it pulls the image when claims,
/// volumes and sandbox are ready, and its first tries often fail.
const Event* lasting_failure(const Pod& pod, const ClusterState& seen, const char* reason) {
  const Event* failure = find_event(seen, "Pod", pod.name, reason);
  for (const char* later : {"Pulling", "Pulled"})
    if (const Event* event = find_event(seen, "Pod", pod.name, later);
        event != nullptr && failure != nullptr && event > failure)
      return nullptr;
  return failure;
}

/// Bound to a node whose kubelet says only in events why nothing starts.
std::optional<Cause> explain_creating(const Pod& pod, const ClusterState& seen) {
  if (const Event* event = lasting_failure(pod, seen, "FailedMount")) {
    static const RegularExpression kMissing(R"((secret|configmap) "([^"]+)\" not found)");
    if (const std::vector<std::string> match = kMissing.groups_in(event->message); !match.empty())
      return Cause{
          called(pod),
          fmt::format("{} {} is missing", match[1] == "secret" ? "Secret" : "ConfigMap", match[2]),
          true};
    return Cause{called(pod), "a volume cannot be mounted: " + printable(event->message, 250),
                 false};
  }
  if (const Event* event = lasting_failure(pod, seen, "FailedAttachVolume"))
    return Cause{called(pod), "a volume cannot be attached: " + printable(event->message, 250),
                 false};
  if (const Event* event = lasting_failure(pod, seen, "FailedPrepareDynamicResources")) {
    static const RegularExpression kDriver(R"(DRA driver (\S+) is not registered)");
    if (const std::vector<std::string> match = kDriver.groups_in(event->message); !match.empty())
      return Cause{called(pod),
                   fmt::format("DRA driver {} is not running on node {}", match[1], pod.node),
                   true};
    if (contains(event->message, "no relationship found"))
      return Cause{
          called(pod),
          fmt::format(
              "the kubelet of node {} asked too early for the claim and tries again within 90 s",
              pod.node),
          false};
    return Cause{called(pod),
                 fmt::format("node {} cannot prepare its devices: {}", pod.node,
                             end_of(event->message, 250)),
                 true};
  }
  if (const Event* event = lasting_failure(pod, seen, "FailedCreatePodSandBox"))
    return Cause{called(pod),
                 fmt::format("node {} cannot start containers: exclude it ({})", pod.node,
                             end_of(event->message)),
                 true};
  return std::nullopt;
}

}  // namespace

std::optional<Cause> explain_pod(const Pod& pod, const ClusterState& seen) {
  if (auto cause = explain_disruption(pod)) return cause;
  if (auto cause = explain_refusal(pod)) return cause;
  if (auto cause = explain_no_start(pod)) return cause;
  if (auto cause = explain_end(pod, seen)) return cause;
  if (auto cause = explain_waiting(pod, seen)) return cause;
  if (pod.silent)
    return Cause{called(pod),
                 fmt::format("node {} is not heard of: it is lost, or cut off from the API server",
                             pod.node),
                 false};
  if (pod.running || pod.phase == "Succeeded" || pod.phase == "Failed" || pod.deleted)
    return std::nullopt;
  const Condition* scheduled = find(pod.conditions, "PodScheduled");
  if (scheduled == nullptr) return explain_unseen(pod, seen);
  if (scheduled->status == "True") return explain_creating(pod, seen);
  if (scheduled->reason == "SchedulingGated")
    return Cause{called(pod),
                 fmt::format("its scheduling gates ({}) hold it back until whoever set them takes "
                             "them away",
                             fmt::join(pod.gates, ", ")),
                 false};
  if (scheduled->reason == "SchedulerError" && contains(scheduled->message, "CEL runtime error"))
    return Cause{called(pod),
                 "a selector of its claim reads what the devices do not publish: guard it with "
                 "`in` or `.?` (" +
                     printable(scheduled->message, 250) + ")",
                 true};
  return explain_unschedulable(pod, scheduled->message, seen);
}

}  // namespace assay::cluster
