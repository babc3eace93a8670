// Pods that claim nodes and devices and measure nothing: what a probe lets contend.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/outage.h"
#include "harness/cluster/plan.h"
#include "harness/cluster/progress.h"
#include "harness/cluster/run_objects.h"

namespace assay::cluster {

/// As `plan` has them, with an id of their own, on some of `hosts` or, without any, anywhere.
Plan idle_plan(const Plan& plan, int pods, const std::vector<std::string>& hosts);

/// What was applied goes with the object at the latest.
class IdleRun {
 public:
  IdleRun(Kubectl& kubectl, const Inventory& inventory, const Pace& pace, Plan plan);
  IdleRun(const IdleRun&) = delete;
  IdleRun& operator=(const IdleRun&) = delete;
  ~IdleRun();

  /// Throws Error where the cluster refuses it.
  void start();
  /// Throws Error, with the causes, where a pod does not run within the deadline of the pace.
  void wait_until_running();
  /// Waits out an API server that does not answer.
  Snapshot look();
  /// Returns when its pods and claims are gone, or says what is left.
  void end();

  const std::string& id() const { return plan_.run; }
  int pods() const { return plan_.wishes.nodes; }

 private:
  Kubectl& kubectl_;
  const Inventory& inventory_;
  const Pace& pace_;
  Plan plan_;
  Target target_;
  Outage outage_{pace_};
  bool on_ = false;
};

/// How many of its pods are bound to nodes.
int bound_of(const Snapshot& snapshot);

/// Nodes by `kubernetes.io/hostname` that can take a pod of the plan now: ready, neither cordoned
/// nor tainted, with enough devices that no claim has allocated. What a device plugin has given
/// away is not known.
std::vector<std::string> free_hosts(Kubectl& kubectl, const Plan& plan, const Inventory& inventory);

}  // namespace assay::cluster
