// The taint is removed last on a pass and set first on a failure, so that a reader of one mark
// alone never takes a bad node for a good one.
#include "harness/cluster/gate.h"

#include <fmt/format.h>

#include "harness/cluster/explain.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/message.h"

namespace assay::cluster {

namespace {

void change(Kubectl& kubectl, const std::string& node, const std::vector<std::string>& words) {
  const Answer answer = kubectl.ask({words, 60, true});
  const bool absent_taint = contains(answer.err, "taint \"") && contains(answer.err, "not found");
  if (!answer.ok() && !absent_taint)
    throw Error(fmt::format("node {} cannot be marked: {}", node, refusal(answer.err)));
}

std::string condition(const NodeMark& mark, bool passed) {
  const bool unknown = mark.verdict == "unknown";
  const std::string now = utc_now().substr(0, 19) + "Z";  // the API takes whole seconds
  const Json one = {{"type", "AcceleratorsVerified"},
                    {"status", passed    ? "True"
                               : unknown ? "Unknown"
                                         : "False"},
                    {"reason", passed    ? "AssayPass"
                               : unknown ? "AssayNoVerdict"
                                         : "AssayFail"},
                    {"message", printable(mark.message, 1000)},
                    {"lastHeartbeatTime", now},
                    {"lastTransitionTime", now}};
  return Json{{"status", {{"conditions", Json::array({one})}}}}.dump();
}

}  // namespace

std::vector<std::string> unverified_nodes(const Inventory& inventory) {
  std::vector<std::string> names;
  for (const Node& node : inventory.nodes)
    for (const std::string& taint : node.taints)
      if (node.ready && taint.starts_with(std::string(kUnverified) + "=")) {
        names.push_back(node.name);
        break;
      }
  return names;
}

void mark_node(Kubectl& kubectl, const std::string& node, const NodeMark& mark) {
  const bool passed = mark.verdict == "pass" || mark.verdict == "warn";
  const std::string taint = kUnverified;
  if (!passed)
    change(kubectl, node, {"taint", "nodes", node, taint + "=true:NoSchedule", "--overwrite"});
  change(kubectl, node, {"label", "node", node, "assay.io/verdict=" + mark.verdict, "--overwrite"});
  change(kubectl, node,
         {"patch", "node", node, "--subresource=status", "--type=strategic", "-p",
          condition(mark, passed)});
  if (passed) change(kubectl, node, {"taint", "nodes", node, taint + "-"});
}

}  // namespace assay::cluster
