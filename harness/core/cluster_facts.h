// What the collector of a run saw of it in its cluster. The pods themselves cannot know it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/result.h"

namespace assay {

/// How the pods of a run were started together.
struct GangFacts {
  std::string scheduler;  // kueue, native, volcano, …; none: nobody kept them together
  int pods = 0;
  double partial_s = 0;  // the longest time for which some were bound to nodes and others not
  /// The longest time for which the scheduler had taken the run and bound none of its pods, because
  /// there was no room for all of them.
  double held_back_s = 0;
};

/// Two gangs of the same size that both need all of the same nodes. One node is taken at first.
struct GangContentionFacts {
  std::string scheduler;
  int pods = 0;          // of each gang, one a node
  double window_s = 0;   // for which all nodes but one were free
  int bound_early = 0;   // the most pods of a gang that were bound while one node was taken
  double partial_s = 0;  // then: the longest time for which a gang was bound in part
  /// From the freeing of that node until one gang was bound whole, and from its end until the other
  /// was; absent: it never was within the deadline.
  std::optional<double> first_s, second_s;
};

/// How an operator's admission webhook answered to a good custom resource and to a bad one.
struct WebhookFacts {
  std::string resource;  // `jobsets.jobset.x-k8s.io`
  bool good_taken = false;
  std::string good_answer;  // of the API server, when it was refused
  std::string denied_by;    // the webhook that refused the bad one; empty: none did
  std::string bad_answer;   // of the API server; empty: the bad one was taken
};

/// What became of claims that the nodes at hand could not meet.
struct AutoscalingFacts {
  std::string autoscaler;          // by the sign that it leaves in the API; empty: there is none
  int nodes = 0, pods = 0;         // that could take a pod before, and that were asked for
  std::vector<std::string> added;  // nodes that came
  double waited_s = 0;             // for nodes to come and pods to be bound
  std::optional<double> bound_s, removed_s;  // until all pods were bound; from their end until the
                                             // nodes that came were gone; absent: never
};

/// One accelerator in the text of an exporter of metrics: before the run, at most while it ran, and
/// after its pods had ended.
struct ExportedDevice {
  std::string device;  // UUID, else the value of the label that tells devices apart
  std::string node;
  std::string utilization_metric, memory_metric;  // as the exporter calls them; empty: none
  std::vector<double> utilization, memory;        // {before, most, after} in the exporter's units
};

struct ExporterFacts {
  std::string exporter;  // as asked for
  int scrapes = 0;       // while the run was on
  std::vector<ExportedDevice> devices;
  std::vector<std::string> faults;  // why a pod of it could not be read, or what its text lacks
};

/// Where the claimed NIC of a pod is beside its claimed accelerators.
struct AlignmentFacts {
  std::string asked;  // the attribute that the claim makes them share: pcieRoot, numaNode; or none
  std::vector<std::string> shared, apart;  // attributes that all publish: one value, or several
};

struct ClusterFacts {
  std::string submitted;                         // RFC 3339 UTC, when the API server took the run
  std::map<std::string, std::string> published;  // versions in the ResourceSlices, by the name
                                                 // that `software` has for them
  /// What a container of the same pod that claims nothing could see; absent: nobody looked.
  std::optional<std::vector<std::string>> unclaimed;
  std::optional<GangFacts> gang = {};
  std::optional<AlignmentFacts> alignment = {};  // absent: no NIC was claimed
  /// What `assay cluster run --probe` tried; absent: it was not asked for.
  std::optional<GangContentionFacts> gang_contention = {};
  std::vector<WebhookFacts> webhooks = {};
  std::optional<AutoscalingFacts> autoscaling = {};
  std::optional<ExporterFacts> exporter = {};
};

/// They are the document's extension `kubernetes`. Throws Error for one of another form.
std::optional<ClusterFacts> cluster_facts(const Result& result);
void set_cluster_facts(const ClusterFacts& facts, Result& result);

}  // namespace assay
