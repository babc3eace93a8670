// What whoever collected a run saw of it in its cluster; the pods themselves cannot know it.
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

struct ClusterFacts {
  std::string submitted;                         // RFC 3339 UTC, when the API server took the run
  std::map<std::string, std::string> published;  // versions in the ResourceSlices, by the name
                                                 // that `software` has for them
  /// What a container of the same pod that claims nothing could see; absent: nobody looked.
  std::optional<std::vector<std::string>> unclaimed;
  std::optional<GangFacts> gang;
};

/// They are the document's extension `kubernetes`. Throws Error for one of another form.
std::optional<ClusterFacts> cluster_facts(const Result& result);
void set_cluster_facts(const ClusterFacts& facts, Result& result);

}  // namespace assay
