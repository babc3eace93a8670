// All documents of a run hold the same facts, so they are judged, and a fault reported, once.
#include "harness/conformance/probed.h"

#include <algorithm>

namespace assay {

bool was_probed(const Result& result, std::string_view probe) {
  if (!result.extensions.is_object()) return false;
  const auto found = result.extensions.find("kubernetes");
  return found != result.extensions.end() && found->is_object() &&
         found->contains(std::string(probe));
}

std::vector<ClusterFacts> probed(const Evidence& evidence, std::string_view probe) {
  std::vector<Json> known;
  std::vector<ClusterFacts> found;
  for (const Result& result : evidence.results) {
    if (!was_probed(result, probe)) continue;
    const Json& facts = result.extensions["kubernetes"][std::string(probe)];
    if (std::find(known.begin(), known.end(), facts) != known.end()) continue;
    known.push_back(facts);
    found.push_back(*cluster_facts(result));
  }
  return found;
}

}  // namespace assay
