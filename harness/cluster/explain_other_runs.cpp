// Two runs of Assay that no scheduler keeps whole may each hold what the other waits for.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/cluster/explain.h"
#include "harness/core/number_of.h"

namespace assay::cluster {

namespace {

/// What a run takes away from others, and whether it waits for more.
struct Holding {
  std::set<std::string> nodes;
  std::string name_space;  // where a claim of it says so
  std::size_t devices = 0;
  bool waits = false;

  bool holds() const { return devices > 0 || !nodes.empty(); }
  std::string text() const {
    const std::string on_nodes = number_of(nodes.size(), "node");
    if (devices == 0) return on_nodes;
    const std::string of_devices = number_of(devices, "device");
    return nodes.empty() ? of_devices : fmt::format("{} on {}", of_devices, on_nodes);
  }
};

void add(const Pod& pod, Holding& holding) {
  const bool ended = pod.phase == "Succeeded" || pod.phase == "Failed";
  if (!pod.node.empty() && !ended) holding.nodes.insert(pod.node);
  holding.waits = holding.waits || finds_no_node(pod);
}

/// By run. Claims are seen in every namespace, pods in this one alone.
std::map<std::string, Holding> holdings_of_others(const std::string& own,
                                                  const ClusterState& seen) {
  std::map<std::string, Holding> holdings;
  for (const Claim& claim : seen.all_claims) {
    if (claim.run.empty() || claim.run == own) continue;
    Holding& holding = holdings[claim.run];
    holding.name_space = claim.name_space;
    holding.devices += claim.allocated.size();
    holding.waits = holding.waits || claim.allocated.empty();
  }
  for (const Pod& pod : seen.all_pods)
    if (!pod.run.empty() && pod.run != own) add(pod, holdings[pod.run]);
  return holdings;
}

std::string advice(const std::string& own, const std::string& other,
                   const std::string& name_space) {
  if (own < other) return "that run is the later one and gives way, if somebody watches it";
  return fmt::format(
      "this run is the later one and gives way; start it again when that one has ended, or clean "
      "that one up with `assay cluster clean{} --run {}` if nobody waits for it",
      name_space.empty() ? "" : " --namespace " + name_space, other);
}

}  // namespace

std::optional<Cause> explain_other_runs(const ClusterState& seen) {
  if (seen.run.pods.empty()) return std::nullopt;
  const std::string own = seen.run.pods.front().run;
  Holding ours;
  for (const Pod& pod : seen.run.pods) add(pod, ours);
  if (!ours.waits || own.empty()) return std::nullopt;
  // Ids begin with the time of their making. Of many that wait for each other the latest alone
  // gives way: the others may go on then.
  std::string latest, text;
  for (const auto& [run, other] : holdings_of_others(own, seen)) {
    if (!other.holds()) continue;
    if (!other.waits || !ours.holds()) {
      if (latest.empty()) text = fmt::format("run {} of Assay holds {}", run, other.text());
      continue;
    }
    latest = run;
    text = fmt::format("run {} of Assay holds {} and waits too, while this run holds {}: {}", run,
                       other.text(), ours.text(), advice(own, run, other.name_space));
  }
  if (text.empty()) return std::nullopt;
  return Cause{"run " + own, text, !latest.empty() && own > latest};
}

}  // namespace assay::cluster
