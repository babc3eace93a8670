// Why a run does not go on: one cause for every object that waits or has failed, in a user's words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/cluster/discover.h"
#include "harness/cluster/objects.h"

namespace assay::cluster {

struct Cause {
  std::string subject;      // `pod assay-x-0 (rank 0)`, `job assay-x`, `queue bench`
  std::string text;         // what is wrong and what to do, one line
  bool hopeless;            // waiting alone will not mend it
  bool holds_gang = false;  // nothing of a gang is bound, because not all of it has room
  bool is_usual = false;    // of every start, and worth telling when it lasts
};

/// Everything that is known at one moment.
struct ClusterState {
  const Snapshot& run;
  const std::vector<Event>& events;
  const Inventory& inventory;
  std::vector<Claim> all_claims = {};  // of the whole cluster, where they may be listed
  std::vector<Pod> all_pods = {};      // of the namespace
  Texts last_words = {};               // of containers that failed, by pod
};

/// Asks the cluster for what `run` itself does not tell, as far as this user may see it, and
/// explains.
std::vector<Cause> ask_why(Kubectl& kubectl, const std::string& name_space, const Snapshot& run,
                           const Inventory& inventory);

/// The causes, the hopeless ones first; empty while nothing is wrong.
std::vector<Cause> explain(const ClusterState& seen);

/// What an apply that was refused means, by what kubectl wrote.
std::string refusal(const std::string& err);

// The parts, by what they look at.
std::optional<Cause> explain_pod(const Pod& pod, const ClusterState& seen);
/// `message` is the scheduler's; it names no node and no device, so the inventory is compared.
Cause explain_unschedulable(const Pod& pod, const std::string& message, const ClusterState& seen);
struct Finding {
  std::string text;
  bool hopeless;
};
/// Of a pod whose claims cannot be allocated.
Finding why_no_claim(const Pod& pod, const ClusterState& seen);
/// ` (allocated to pod x of namespace y)`: who has some of the devices; empty: not known.
std::string holders_of(const std::vector<const Device*>& devices, const std::vector<Claim>& claims);
/// What a run without a known fault waits for, in the order of a start.
std::vector<Cause> explain_usual(const ClusterState& seen);
std::optional<Cause> explain_controller(const Controller& controller);
std::optional<Cause> explain_job(const Job& job, const ClusterState& seen);
/// The pod of the Job that is gone and that another than the Job ended, by the events that it left.
std::optional<Cause> explain_gone_pod(const Job& job, const ClusterState& seen);
std::optional<Cause> explain_workload(const Workload& workload, const ClusterState& seen);
/// A Job that is suspended and that no Workload stands for.
Cause explain_suspended(const Job& job, const ClusterState& seen);
std::optional<Cause> explain_pod_group(const PodGroup& group, const ClusterState& seen);
/// Another run of Assay that keeps this one from starting; where each holds what the other waits
/// for, the later of them gives way: its cause is hopeless.
std::optional<Cause> explain_other_runs(const ClusterState& seen);
/// A pod that the scheduler has not even looked at: its group or its claims are missing.
std::optional<Cause> explain_unseen(const Pod& pod, const ClusterState& seen);

inline bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}
/// The scheduler has looked at the pod and bound it to no node.
bool finds_no_node(const Pod& pod);
/// `pod NAME (rank N)`.
std::string called(const Pod& pod);
/// The last event of that reason about that object, or null.
const Event* find_event(const ClusterState& seen, const std::string& kind, const std::string& name,
                        const std::string& reason);
/// `exceeded quota` in the API's words, in ours.
std::string quota_text(const std::string& message);

}  // namespace assay::cluster
