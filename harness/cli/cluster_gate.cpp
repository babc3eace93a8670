// One run a node, and what its verdict means for the node.
#include "harness/cli/cluster_gate.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cluster/gate.h"
#include "harness/core/document.h"
#include "harness/core/verdict.h"

namespace assay::cli {

namespace {

/// What a failed requirement asks for: a wrong answer or device needs hands, a slow one must not
/// take work, and where the run itself is in doubt it is repeated.
const char* action_for(const RequirementVerdict& one) {
  if (one.verdict == Verdict::not_evaluated || one.axis == Axis::validity) return "rerun";
  return one.axis == Axis::functional ? "service" : "drain";
}

bool counts(const RequirementVerdict& one) {
  return one.level == Level::must && one.verdict != Verdict::pass && one.verdict != Verdict::warn &&
         one.reason_code != "not_applicable";
}

cluster::NodeMark mark_of(const VerdictDocument& document) {
  for (const char* action : {"service", "drain", "rerun"})
    for (const RequirementVerdict& one : document.requirements)
      if (counts(one) && action_for(one) == std::string(action))
        return {"fail", fmt::format("{}: {} ({})", action, one.reason, one.id)};
  const bool passed = document.verdict == Verdict::pass || document.verdict == Verdict::warn;
  return {passed ? name(document.verdict) : "fail", "profile " + document.profile_name};
}

}  // namespace

ExitCode gate_nodes(ClusterSession& session, const std::vector<std::string>& nodes,
                    const NodePlan& plan, const std::filesystem::path& folder) {
  ExitCode worst = ExitCode::passed;
  for (const std::string& node : nodes) {
    cluster::NodeMark mark{"unknown", ""};
    ExitCode code = ExitCode::broken;
    try {
      const cluster::Plan planned = plan(node);
      show_plan(planned);
      code = run_on_cluster(session, planned, folder / node);
      mark = mark_of(
          verdict_from_json(parse_json(read_text(folder / node / "verdict.json"), "verdict.json")));
    } catch (const Error& error) {
      mark.message = fmt::format("no verdict: {}", error.what());
    }
    cluster::mark_node(session.kubectl, node, mark);
    session.pace.say(fmt::format("node {}: {}: {}", node, mark.verdict, mark.message));
    worst = std::max(worst, code);
    if (session.pace.stopped()) break;
  }
  return worst;
}

}  // namespace assay::cli
