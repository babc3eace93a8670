// What the scheduler says of a pod that it binds to no node; it names no node and no device.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "harness/cluster/explain.h"
#include "harness/cluster/plan.h"
#include "harness/core/message.h"
#include "harness/core/regular_expression.h"

namespace assay::cluster {

namespace {

std::string cordoned_nodes(const ClusterState& seen) {
  std::vector<std::string> names;
  for (const Node& node : seen.inventory.nodes)
    if (node.cordoned) names.push_back(node.name);
  return names.empty() ? "nodes are cordoned" : fmt::format("cordoned: {}", fmt::join(names, ", "));
}

/// Every first group of `expression` in `text`, each once.
std::vector<std::string> all_groups(const RegularExpression& expression, std::string text) {
  std::vector<std::string> found;
  for (auto match = expression.groups_in(text); !match.empty();
       match = expression.groups_in(text)) {
    if (std::find(found.begin(), found.end(), match[1]) == found.end()) found.push_back(match[1]);
    text.erase(0, text.find(match[0]) + match[0].size());
  }
  return found;
}

/// Where the nodes tell nothing, what some schedulers name.
std::string tainted_nodes(const std::string& message, const ClusterState& seen) {
  std::vector<std::string> taints, states, parts;
  for (const Node& node : seen.inventory.nodes)
    for (const std::string& taint : node.taints)
      if (!taint.starts_with("node.kubernetes.io/unschedulable"))
        taints.push_back(fmt::format("{} has {}", node.name, taint));
  static const RegularExpression kTaint(R"(untolerated taint \{([^{}]+)\})");
  if (taints.empty()) taints = all_groups(kTaint, message);
  if (taints.empty()) return "nodes have taints that the pod does not tolerate";
  std::copy_if(taints.begin(), taints.end(), std::back_inserter(states), names_taint_of_state);
  std::erase_if(taints, names_taint_of_state);
  if (!states.empty())
    parts.push_back(
        fmt::format("nodes that are not well take no pods ({})", fmt::join(states, ", ")));
  if (!taints.empty())
    parts.push_back(
        fmt::format("taints that the pod may not tolerate ({}): name one with "
                    "--toleration to run there all the same",
                    fmt::join(taints, ", ")));
  return fmt::format("{}", fmt::join(parts, "; "));
}

/// What keeps its volumes from any node.
std::optional<Finding> unusable_volume(const std::string& message) {
  struct Sign {
    const char *sign, *text;
  };
  constexpr Sign kSigns[] = {
      {"unbound immediate PersistentVolumeClaims",
       "its PersistentVolumeClaim is bound to no volume yet"},
      {"didn't find available persistent volumes to bind",
       "no PersistentVolume fits its PersistentVolumeClaim, and nothing makes one"},
      {"volume node affinity conflict", "its volume is on a node or in a zone that takes no pod"},
      {"didn't match PersistentVolume's node affinity",
       "its volume is on a node or in a zone that takes no pod"},
      {"did not have enough free storage", "no node has enough storage for its volume"},
      {"bound to non-existent pv", "the volume of its PersistentVolumeClaim is gone"}};
  for (const Sign& one : kSigns)
    if (contains(message, one.sign)) return Finding{one.text, false};
  return std::nullopt;
}

Finding insufficient(const std::string& resource, const ClusterState& seen) {
  const auto offers = [&](const Node& node) {
    const auto found = node.allocatable.find(resource);
    return found != node.allocatable.end() && found->second != "0";
  };
  if (!seen.inventory.saw("nodes") ||
      std::any_of(seen.inventory.nodes.begin(), seen.inventory.nodes.end(), offers))
    return {fmt::format("no node has enough {} free for the pod", resource), false};
  for (const DeviceClass& one : seen.inventory.device_classes)
    if (one.extended_resource == resource)
      return {fmt::format("no node offers {}, and DRA does not serve it by DeviceClass {}, which "
                          "names it: the gate DRAExtendedResource is off",
                          resource, one.name),
              true};
  return {fmt::format("no node offers {}: its device plugin is not running", resource), true};
}

/// Every reason that the text holds: nodes may refuse for different ones.
std::vector<Finding> findings(const Pod& pod, const std::string& message,
                              const ClusterState& seen) {
  std::vector<Finding> found;
  static const RegularExpression kClass(R"(device class (\S+) does not exist)");
  static const RegularExpression kVolume(R"re(persistentvolumeclaim "([^"]+)" not found)re");
  static const RegularExpression kDeleted(
      R"re(resourceclaim(\.resource\.k8s\.io)? "([^"]+)" (not found|is being deleted))re");
  static const RegularExpression kTooMany(
      R"(requested devices (\d+) exceeds the claim limit of (\d+))");
  static const RegularExpression kInsufficient(R"(Insufficient ([A-Za-z0-9./_-]*[A-Za-z0-9]))");
  if (const std::vector<std::string> match = kClass.groups_in(message); !match.empty())
    found.push_back(
        {fmt::format(
             "DeviceClass {} is absent: the driver is not installed, or the class has another name",
             match[1]),
         true});
  if (const std::vector<std::string> match = kTooMany.groups_in(message); !match.empty())
    found.push_back({fmt::format("its claim asks for {} devices, and Kubernetes allocates at most "
                                 "{} to one claim: ask for fewer, or in several claims",
                                 match[1], match[2]),
                     true});
  if (contains(message, "were unschedulable")) found.push_back({cordoned_nodes(seen), false});
  if (contains(message, "untolerated taint"))
    found.push_back({tainted_nodes(message, seen), false});
  if (contains(message, "node affinity/selector"))
    found.push_back({"no node has the labels that the pod's selector or affinity asks for", true});
  if (contains(message, "anti-affinity"))
    found.push_back({"every other node already has a pod of an Assay run: one pod a node", false});
  if (const std::vector<std::string> match = kVolume.groups_in(message); !match.empty())
    found.push_back(
        {fmt::format("PersistentVolumeClaim {} is missing in the namespace", match[1]), true});
  if (auto one = unusable_volume(message)) found.push_back(std::move(*one));
  if (const std::vector<std::string> match = kDeleted.groups_in(message); !match.empty())
    found.push_back(
        {fmt::format("its claim {} {}: somebody deleted it, and another is made in its place",
                     match[2], match[3] == "not found" ? "is gone" : "is being deleted"),
         false});
  for (const std::string& resource : all_groups(kInsufficient, message))
    found.push_back(insufficient(resource, seen));
  if (contains(message, "cannot allocate all claims")) found.push_back(why_no_claim(pod, seen));
  return found;
}

}  // namespace

Cause explain_unschedulable(const Pod& pod, const std::string& message, const ClusterState& seen) {
  if (contains(message, "waiting for minCount pods"))
    return {called(pod), "it would fit and waits for the rest of its gang", false};
  const std::vector<Finding> found = findings(pod, message, seen);
  if (found.empty()) return {called(pod), "no node takes it: " + printable(message, 300), false};
  std::vector<std::string> texts;
  // Where one node is only cordoned, the rest of the pool is no proof that the claim can never be
  // met.
  bool hopeless = true;
  for (const Finding& one : found) {
    texts.push_back(one.text);
    hopeless = hopeless && one.hopeless;
  }
  return {called(pod), fmt::format("no node takes it: {}", fmt::join(texts, "; ")), hopeless};
}

}  // namespace assay::cluster
