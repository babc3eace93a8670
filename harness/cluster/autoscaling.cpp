// Pods that stay pending are all that an autoscaler goes by.
#include "harness/cluster/autoscaling.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/cluster/explain.h"
#include "harness/cluster/idle_run.h"
#include "harness/cluster/outage.h"
#include "harness/core/number_of.h"

namespace assay::cluster {

namespace {

constexpr double kNodeLook_s = 5;
constexpr double kComing_s = 900;    // a machine with accelerators takes minutes to boot
constexpr double kUnlikely_s = 180;  // for one whose autoscaler, if there is one, leaves no sign
constexpr double kGoing_s = 1800;    // the cluster autoscaler's default: ten minutes without need

std::set<std::string> node_names(Kubectl& kubectl) {
  const Answer answer = kubectl.ask({{"get", "nodes", "-o", "json"}});
  if (!answer.ok())
    throw Unreachable("autoscaling probe: the nodes cannot be listed: " + refusal(answer.err));
  std::set<std::string> names;
  for (const Node& node : read_nodes(answer.out)) names.insert(node.name);
  return names;
}

/// Throws Error where that may not be known: no sign is part of a proof that there is none.
std::string sign_of_autoscaler(Kubectl& kubectl, const Inventory& inventory) {
  if (inventory.serves("karpenter.sh/v1")) return "karpenter.sh";
  const Answer status = kubectl.ask(
      {{"get", "configmap", "cluster-autoscaler-status", "-n", "kube-system", "-o", "name"}});
  if (!status.ok() && !contains(status.err, "(NotFound)"))
    throw Error("autoscaling probe: the sign of an autoscaler cannot be looked for: " +
                refusal(status.err));
  return status.ok() ? "cluster-autoscaler" : "";
}

/// An autoscaler says of each pending pod what it does about it.
std::string sign_on_pods(const Snapshot& run, const std::vector<Event>& events) {
  constexpr std::pair<const char*, const char*> kReasons[] = {
      {"TriggeredScaleUp", "cluster-autoscaler"},
      {"NotTriggerScaleUp", "cluster-autoscaler"},
      {"Nominated", "karpenter"}};
  for (const Event& event : events)
    for (const auto& [reason, autoscaler] : kReasons)
      if (event.reason == reason &&
          std::any_of(run.pods.begin(), run.pods.end(),
                      [&](const Pod& pod) { return pod.name == event.name; }))
        return autoscaler;
  return "";
}

/// No scheduler that would keep the pods away until all of them have room.
Plan without_gang(Plan plan) {
  plan.gang = "none";
  plan.queue.clear();
  return plan;
}

class Scaling {
 public:
  Scaling(Kubectl& kubectl, const Plan& plan, const Inventory& inventory, const Pace& pace)
      : kubectl_(kubectl),
        pace_(pace),
        name_space_(plan.wishes.name_space),
        before_(node_names(kubectl)) {
    facts_.autoscaler = sign_of_autoscaler(kubectl, inventory);
    facts_.nodes = static_cast<int>(free_hosts(kubectl, plan, inventory).size());
    facts_.pods = facts_.nodes + 1;
    run_.emplace(kubectl, inventory, pace, idle_plan(without_gang(plan), facts_.pods, {}));
  }

  AutoscalingFacts run() {
    run_->start();
    pace_.say(fmt::format("autoscaling probe: run {} asks for {}, and {} {} free", run_->id(),
                          number_of(facts_.pods, "node"), facts_.nodes,
                          facts_.nodes == 1 ? "is" : "are"));
    wait_for_nodes();
    run_->end();
    if (facts_.added.empty() && !facts_.bound_s && !was_refused_)
      throw Error(
          "autoscaling probe: no pod of it waited for a node, so that no autoscaler was asked: a "
          "quota or a queue may hold its pods back");
    if (!facts_.added.empty()) wait_for_their_end();
    return facts_;
  }

 private:
  void pause() {
    if (pace_.stopped()) throw Error("stopped while nodes were waited for");
    pace_.sleep_s(kNodeLook_s);
  }

  /// As before, while the API server does not tell.
  std::vector<std::string> added() {
    try {
      std::vector<std::string> names;
      const std::set<std::string> now = node_names(kubectl_);
      std::set_difference(now.begin(), now.end(), before_.begin(), before_.end(),
                          std::back_inserter(names));
      outage_.end();
      return names;
    } catch (const Unreachable& why) {
      outage_.wait(why);
      return facts_.added;
    }
  }

  void wait_for_nodes() {
    const double from_s = pace_.now_s();
    const auto patience_s = [&] {
      return facts_.added.empty() && facts_.autoscaler.empty() ? kUnlikely_s : kComing_s;
    };
    while (!facts_.bound_s && pace_.now_s() - from_s < patience_s()) {
      const Snapshot run = run_->look();
      const bool bound = bound_of(run) == facts_.pods;
      was_refused_ |= std::any_of(run.pods.begin(), run.pods.end(), finds_no_node);
      if (facts_.autoscaler.empty()) look_for_sign(run);
      if (const auto names = added(); names.size() > facts_.added.size()) {
        facts_.added = names;
        pace_.say(fmt::format("autoscaling probe: came: {}", fmt::join(names, ", ")));
      }
      facts_.waited_s = pace_.now_s() - from_s;
      if (bound) facts_.bound_s = facts_.waited_s;
      if (!bound) pause();
    }
  }

  void look_for_sign(const Snapshot& run) {
    const Events events = look_at_events(kubectl_, name_space_);
    if (!events.unseen.empty())
      throw Error("autoscaling probe: the sign of an autoscaler cannot be looked for: " +
                  events.unseen);
    facts_.autoscaler = sign_on_pods(run, events.list);
  }

  void wait_for_their_end() {
    for (const double from_s = pace_.now_s(); pace_.now_s() - from_s < kGoing_s; pause())
      if (added().empty()) {
        facts_.removed_s = pace_.now_s() - from_s;
        pace_.say(fmt::format("autoscaling probe: went: {}", fmt::join(facts_.added, ", ")));
        return;
      }
  }

  Kubectl& kubectl_;
  const Pace& pace_;
  const std::string name_space_;
  const std::set<std::string> before_;
  Outage outage_{pace_};
  bool was_refused_ = false;  // a pod waited for a node
  std::optional<IdleRun> run_;
  AutoscalingFacts facts_;
};

}  // namespace

AutoscalingFacts scale_by_claims(Kubectl& kubectl, const Plan& plan, const Inventory& inventory,
                                 const Pace& pace) {
  return Scaling(kubectl, plan, inventory, pace).run();
}

}  // namespace assay::cluster
