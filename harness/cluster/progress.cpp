// Counts.
#include "harness/cluster/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/number_of.h"

namespace assay::cluster {

std::string Progress::line() const {
  const std::string claimed = claims > 0
                                  ? fmt::format("{} of {} allocated, ", allocated,
                                                number_of(std::max<long>(claims, wanted), "claim"))
                                  : "";
  const std::string over = ended > 0 ? fmt::format(", {} ended", ended) : "";
  return fmt::format("{}{} of {} scheduled, {} running{}", claimed, scheduled,
                     number_of(wanted, "pod"), running, over);
}

Progress progress_of(const Snapshot& snapshot, int nodes) {
  Progress progress;
  progress.wanted = nodes;
  progress.claims = static_cast<long>(snapshot.claims.size());
  for (const Claim& claim : snapshot.claims) progress.allocated += !claim.allocated.empty();
  for (const Pod& pod : snapshot.pods) {
    progress.scheduled += !pod.node.empty();
    progress.running += pod.running && !pod.deleted;
    progress.ended += pod.phase == "Succeeded" || pod.phase == "Failed";
  }
  return progress;
}

}  // namespace assay::cluster
