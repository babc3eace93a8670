// Gathers what a run's own objects leave out: events, and where pods find no node the nodes, the
// devices and everybody's claims as they are now.
#include <algorithm>

#include "harness/cluster/explain.h"
#include "harness/cluster/run_objects.h"

namespace assay::cluster {

namespace {

bool finds_no_node(const Pod& pod) {
  const Condition* scheduled = find(pod.conditions, "PodScheduled");
  return scheduled != nullptr && scheduled->status == "False";
}

std::vector<Claim> all_claims(Kubectl& kubectl) {
  const Answer answer = kubectl.ask({{"get", "resourceclaims", "--all-namespaces", "-o", "json"}});
  return answer.ok() ? read_snapshot(answer.out).claims : std::vector<Claim>{};
}

}  // namespace

std::vector<Cause> ask_why(Kubectl& kubectl, const std::string& name_space, const Snapshot& run,
                           const Inventory& inventory) {
  const std::vector<Event> events = look_at_events(kubectl, name_space);
  if (std::none_of(run.pods.begin(), run.pods.end(), finds_no_node))
    return explain({run, events, inventory});
  Inventory now = inventory;
  refresh(kubectl, now);
  const bool dra = now.serves("resource.k8s.io/v1");
  return explain({run, events, now, dra ? all_claims(kubectl) : std::vector<Claim>{}});
}

}  // namespace assay::cluster
