// Gathers what a run's own objects do not show: events and the output of failed containers; where
// pods find no node or are gone, also the present nodes, devices and claims of everybody.
#include <algorithm>

#include "harness/cluster/explain.h"
#include "harness/cluster/last_words.h"
#include "harness/cluster/run_objects.h"

namespace assay::cluster {

namespace {

constexpr std::size_t kMostAsked = 3;  // a gang fails for one reason

Texts words_of_failed(Kubectl& kubectl, const std::string& name_space, const Snapshot& run) {
  Texts words;
  for (const Pod& pod : run.pods)
    if (pod.exit_code.value_or(0) != 0 && words.size() < kMostAsked)
      words[pod.name] = last_words(kubectl, name_space, pod);
  return words;
}

/// A pod that finds no node, or that is gone though its Job wants it.
bool lacks_pods(const Snapshot& run) {
  const auto gone = [&](const Job& job) {
    const auto is_of = [&](const Pod& pod) { return pod.owner == job.name; };
    return !job.suspended &&
           std::count_if(run.pods.begin(), run.pods.end(), is_of) < job.completions;
  };
  return std::any_of(run.pods.begin(), run.pods.end(), finds_no_node) ||
         std::any_of(run.jobs.begin(), run.jobs.end(), gone);
}

/// Some causes appear only in events: if those cannot be read, an empty result proves nothing.
std::vector<Cause> causes_from(const ClusterState& seen, const Events& events) {
  std::vector<Cause> causes = explain(seen);
  const bool waits = std::any_of(seen.run.pods.begin(), seen.run.pods.end(),
                                 [](const Pod& pod) { return pod.phase == "Pending"; });
  if (causes.empty() && !events.unseen.empty() && (waits || lacks_pods(seen.run)))
    causes.push_back(
        {"events", "they could not be listed, and may say why: " + events.unseen, false});
  else if (causes.empty())
    causes = explain_usual(seen);
  return causes;
}

}  // namespace

std::vector<Cause> ask_why(Kubectl& kubectl, const std::string& name_space, const Snapshot& run,
                           const Inventory& inventory) {
  const Events events = look_at_events(kubectl, name_space);
  Inventory now = inventory;
  ClusterState seen{run, events.list, now, {}, {}, words_of_failed(kubectl, name_space, run)};
  if (lacks_pods(run)) {
    refresh(kubectl, now);
    seen.all_claims = look_at_all_claims(kubectl, now).list;
    seen.all_pods = look_at_all_pods(kubectl, name_space);
  }
  return causes_from(seen, events);
}

}  // namespace assay::cluster
