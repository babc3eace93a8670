// First one node too few for a gang, then one gang too many for the nodes.
#include "harness/cluster/gang_contention.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/cluster/idle_run.h"
#include "harness/core/number_of.h"

namespace assay::cluster {

namespace {

constexpr double kLook_s = 2;
// A queue or a scheduler tries again within a minute or two of what it could not start.
constexpr double kStart_s = 300;

class Contention {
 public:
  Contention(Kubectl& kubectl, const Plan& plan, const Inventory& inventory, const Pace& pace)
      : hosts_(choose_hosts(kubectl, plan, inventory)),
        pace_(pace),
        holder_(kubectl, inventory, pace, idle_plan(plan, 1, hosts_)),
        one_(kubectl, inventory, pace, idle_plan(plan, size(), hosts_)),
        other_(kubectl, inventory, pace, idle_plan(plan, size(), hosts_)) {
    facts_.scheduler = plan.gang;
    facts_.pods = size();
  }

  GangContentionFacts run(double window_s) {
    holder_.start();
    holder_.wait_until_running();
    pace_.say(fmt::format("gang probe: run {} holds one of {}; runs {} and {} ask for all of them",
                          holder_.id(), fmt::join(hosts_, ", "), one_.id(), other_.id()));
    one_.start();
    other_.start();
    watch_window(window_s);
    if (facts_.bound_early > 0) return facts_;  // no gang: whether it would deadlock adds nothing
    let_them_take_turns();
    return facts_;
  }

 private:
  static std::vector<std::string> choose_hosts(Kubectl& kubectl, const Plan& plan,
                                               const Inventory& inventory) {
    std::vector<std::string> hosts = free_hosts(kubectl, plan, inventory);
    const auto needed = static_cast<std::size_t>(std::max(plan.wishes.nodes, 2));
    if (hosts.size() < needed)
      throw Error(fmt::format("gang probe: {} with {} are needed, and {} {} there{}{}",
                              number_of(needed, "node"), number_of(plan.devices, "free device"),
                              hosts.size(), hosts.size() == 1 ? "is" : "are",
                              hosts.empty() ? "" : ": ", fmt::join(hosts, ", ")));
    hosts.resize(needed);
    return hosts;
  }

  int size() const { return static_cast<int>(hosts_.size()); }

  void pause() {
    if (pace_.stopped()) throw Error("stopped while gangs contended");
    pace_.sleep_s(kLook_s);
  }

  /// Not before both have been taken up by somebody: what was not looked at is not held back.
  void watch_window(double window_s) {
    const double until_s = pace_.now_s() + kStart_s;
    double from_s = -1;
    while (from_s < 0 || pace_.now_s() - from_s < window_s) {
      const Snapshot one = one_.look(), other = other_.look();
      facts_.bound_early = std::max({facts_.bound_early, bound_of(one), bound_of(other)});
      if (facts_.bound_early > 0) break;
      if (from_s < 0 && is_taken(one) && is_taken(other)) from_s = pace_.now_s();
      if (from_s < 0 && pace_.now_s() > until_s)
        throw Error("gang probe: nothing in the cluster takes up a gang that was submitted");
      pause();
    }
    facts_.window_s = from_s < 0 ? 0 : pace_.now_s() - from_s;
    pace_.say(fmt::format(
        "gang probe: {} bound while one node was taken, in {:.0f} s",
        facts_.bound_early == 1 ? "1 pod was" : fmt::format("{} pods were", facts_.bound_early),
        facts_.window_s));
  }

  static bool is_taken(const Snapshot& gang) {
    return !gang.pods.empty() || !gang.workloads.empty();
  }

  void let_them_take_turns() {
    double from_s = pace_.now_s();
    holder_.end();
    IdleRun* first = nullptr;
    facts_.first_s = wait_for_one_of({&one_, &other_}, from_s, first);
    if (first == nullptr) return;
    from_s = pace_.now_s();
    first->end();
    IdleRun* second = nullptr;
    facts_.second_s = wait_for_one_of({first == &one_ ? &other_ : &one_}, from_s, second);
  }

  /// Until one is bound whole; nothing, where none was in time.
  std::optional<double> wait_for_one_of(const std::vector<IdleRun*>& gangs, double from_s,
                                        IdleRun*& whole) {
    std::vector<double> partial_since_s(gangs.size(), -1);
    const double until_s = pace_.now_s() + kStart_s;
    for (; pace_.now_s() < until_s; pause()) {
      for (std::size_t i = 0; i < gangs.size(); ++i) {
        const int bound = bound_of(gangs[i]->look());
        note_partial(bound, partial_since_s[i]);
        if (bound == size()) whole = gangs[i];
      }
      if (whole == nullptr) continue;
      pace_.say(fmt::format("gang probe: all {} pods of run {} are bound", size(), whole->id()));
      return pace_.now_s() - from_s;
    }
    return std::nullopt;
  }

  void note_partial(int bound, double& since_s) {
    const bool partial = bound > 0 && bound < size();
    if (!partial) since_s = -1;
    if (partial && since_s < 0) since_s = pace_.now_s();
    if (partial) facts_.partial_s = std::max(facts_.partial_s, pace_.now_s() - since_s);
  }

  const std::vector<std::string> hosts_;
  const Pace& pace_;
  IdleRun holder_, one_, other_;
  GangContentionFacts facts_;
};

}  // namespace

GangContentionFacts contend_for_nodes(Kubectl& kubectl, const Plan& plan,
                                      const Inventory& inventory, const Pace& pace,
                                      double window_s) {
  return Contention(kubectl, plan, inventory, pace).run(window_s);
}

}  // namespace assay::cluster
