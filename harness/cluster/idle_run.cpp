// The same manifests as a run's, with the component `idle`.
#include "harness/cluster/idle_run.h"

#include <algorithm>

#include "harness/cluster/apply.h"
#include "harness/cluster/clean.h"
#include "harness/cluster/folder.h"
#include "harness/cluster/private_folder.h"

namespace assay::cluster {

namespace {

bool takes_pods(const Node& node, const Wishes& wishes) {
  return node.ready && !node.cordoned &&
         std::none_of(node.taints.begin(), node.taints.end(),
                      [&](const std::string& taint) { return keeps_off(taint, wishes); });
}

long on_node(const std::vector<const Device*>& devices, const std::string& node) {
  return std::count_if(devices.begin(), devices.end(),
                       [&](const Device* device) { return device->place() == node; });
}

std::string host_of(const Node& node) {
  const auto label = node.labels.find("kubernetes.io/hostname");
  return label == node.labels.end() ? node.name : label->second;
}

}  // namespace

Plan idle_plan(const Plan& plan, int pods, const std::vector<std::string>& hosts) {
  Plan idle = plan;
  idle.run = new_run_id();
  idle.idle = true;
  idle.hosts = hosts;
  idle.wishes.nodes = pods;
  idle.wishes.profile_text.clear();
  idle.wishes.results_claim.clear();
  return idle;
}

IdleRun::IdleRun(Kubectl& kubectl, const Inventory& inventory, const Pace& pace, Plan plan)
    : kubectl_(kubectl),
      inventory_(inventory),
      pace_(pace),
      plan_(std::move(plan)),
      target_{plan_.wishes.name_space, plan_.run} {}

IdleRun::~IdleRun() { end(); }

void IdleRun::start() {
  const PrivateFolder folder;
  write_kustomization(plan_, folder.path());
  on_ = true;  // what is refused may have been made in part
  apply(kubectl_, folder.path());
}

void IdleRun::wait_until_running() {
  Memory memory;
  cluster::wait_until_running(kubectl_, target_, pods(), inventory_, pace_, memory);
}

Snapshot IdleRun::look() {
  for (;;) {
    try {
      Snapshot snapshot = cluster::look(kubectl_, target_, inventory_);
      outage_.end();
      return snapshot;
    } catch (const Unreachable& why) {
      outage_.wait(why);
    }
  }
}

void IdleRun::end() {
  if (!on_) return;
  on_ = false;
  if (const Cleaned cleaned = clean_up(kubectl_, target_, inventory_, pace_); !cleaned.all)
    pace_.say(cleaned.text);
}

int bound_of(const Snapshot& snapshot) {
  return static_cast<int>(std::count_if(snapshot.pods.begin(), snapshot.pods.end(),
                                        [](const Pod& pod) { return !pod.node.empty(); }));
}

std::vector<std::string> free_hosts(Kubectl& kubectl, const Plan& plan,
                                    const Inventory& inventory) {
  Inventory now = inventory;
  refresh(kubectl, now);
  const bool dra = plan.allocation == "dra";
  std::vector<const Device*> devices;
  if (dra) {
    const Claims claims = look_at_all_claims(kubectl, now);
    if (!claims.unseen.empty())
      throw Error(
          "which devices are free is not known: the claims of all namespaces could not be "
          "listed: " +
          claims.unseen);
    devices = not_taken(devices_of(plan.device_class, now), claims.list, now);
  }
  std::vector<std::string> hosts;
  for (const Node& node : now.nodes)
    if (takes_pods(node, plan.wishes) && (!dra || on_node(devices, node.name) >= plan.devices))
      hosts.push_back(host_of(node));
  std::sort(hosts.begin(), hosts.end());
  return hosts;
}

}  // namespace assay::cluster
