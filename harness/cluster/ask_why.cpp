// Gathers what a run's own objects leave out: events, and where pods find no node the nodes, the
// devices and everybody's claims as they are now.
#include <algorithm>

#include "harness/cluster/explain.h"
#include "harness/cluster/run_objects.h"

namespace assay::cluster {

std::vector<Cause> ask_why(Kubectl& kubectl, const std::string& name_space, const Snapshot& run,
                           const Inventory& inventory) {
  const std::vector<Event> events = look_at_events(kubectl, name_space);
  if (std::none_of(run.pods.begin(), run.pods.end(), finds_no_node))
    return explain({run, events, inventory});
  Inventory now = inventory;
  refresh(kubectl, now);
  return explain(
      {run, events, now, look_at_all_claims(kubectl, now), look_at_all_pods(kubectl, name_space)});
}

}  // namespace assay::cluster
